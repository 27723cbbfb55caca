// Effect: a recording of something that happens, and the sample at which it happens, so that it can be laid under a picture.

/// A recorded sound. This room knows no files: who reads them says where it comes from.
public struct Effect: Sendable {
  /// At `sampleRate`, its largest 1.
  public let samples: [Float]
  /// The sample at which it is heard to happen.
  public let onset: Int
  /// The file's name, the package that it comes from, and what may be done with it.
  public let name: String, source: String, licence: String

  public init(samples: [Float], onset: Int, name: String, source: String, licence: String) {
    (self.samples, self.onset) = (samples, onset)
    (self.name, self.source, self.licence) = (name, source, licence)
  }
}

/// The recordings that scenes need.
public struct EffectShelf: Sendable {
  /// A ground, and steps of one pair of shoes on it.
  public struct Ground: Sendable {
    public let name: String
    public let steps: [Effect]

    public init(name: String, steps: [Effect]) { (self.name, self.steps) = (name, steps) }
  }

  public let doors: [Effect]
  public let grounds: [Ground]

  public init(doors: [Effect], grounds: [Ground]) { (self.doors, self.grounds) = (doors, grounds) }
}

extension [Float] {
  /// Adds a recording so that it happens at a time; what lies outside is left out.
  public mutating func add(_ effect: Effect, at time: Double, gain: Double) {
    let begin = Int((time * Double(sampleRate)).rounded()) - effect.onset
    let gain = Float(gain)
    for index in Swift.max(0, -begin)..<Swift.max(0, -begin, Swift.min(effect.samples.count, count - begin)) {
      self[begin + index] += gain * effect.samples[index]
    }
  }
}
