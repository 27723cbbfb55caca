// FilmLead: a film as a voice of Foley is led by it: what its pictures show, and what begins when.
import Tensors

public struct FilmLead: Sendable {
  /// One a picture, [pictures, videoFeatures].
  public var features: Tensor
  /// When each is shown, in seconds from the film's zero; rising.
  public var times: [Double]
  /// What begins in it, in any order: seconds from its zero, and 0…1. Nil where nobody has looked for events: a voice then goes
  /// by the pictures alone.
  public var events: [(time: Double, strength: Double)]?

  public init(features: Tensor, times: [Double], events: [(time: Double, strength: Double)]? = nil) {
    (self.features, self.times, self.events) = (features, times, events)
  }
}

/// What begins in a film, for who performs it frame by frame.
package struct FilmEvents: Sendable {
  /// In order of their samples of the film.
  private let events: [(sample: Int64, strength: Float)]
  /// The film's sample up to which events have been told; nil where the film has just begun to run.
  private var told: Int64?

  /// Samples by which a film that runs on may be put right, a tenth of a second: what lies between is told all the same, and
  /// nothing twice.
  private let jolt: Int64

  package init(_ events: [(time: Double, strength: Double)], sampleRate: Int) {
    jolt = Int64(sampleRate / 10)
    self.events = events.filter { $0.time.isFinite && $0.time >= 0 && $0.time < 1e6 && $0.strength > 0 }.map {
      (Int64(($0.time * Double(sampleRate)).rounded()), Float(min($0.strength, 1)))
    }.sorted { $0.sample < $1.sample }
  }

  /// The film stands still, or is elsewhere.
  package mutating func forget() { told = nil }

  /// The strength of the strongest that begins in some samples of the film, and up to them since what was told last; 0 if none does.
  package mutating func strongest(in samples: Range<Int64>) -> Float {
    let from = told.map { abs($0 - samples.lowerBound) <= jolt ? $0 : samples.lowerBound } ?? samples.lowerBound
    guard from < samples.upperBound else { return 0 }
    told = samples.upperBound
    // The first that begins later.
    var (low, high) = (0, events.count)
    while low < high {
      let between = (low + high) / 2
      if events[between].sample < from { low = between + 1 } else { high = between }
    }
    var strongest: Float = 0
    while low < events.count, events[low].sample < samples.upperBound {
      strongest = max(strongest, events[low].strength)
      low += 1
    }
    return strongest
  }
}
