// DamperMeasurement: how quickly the dampers of one piano take the sound of its strings: a key that is let go, beside the
// same key held. A line over the keyboard for each velocity: sound fonts have recordings of their own, with their own release.
import Codec
import Foundation
import Score

/// Measures the dampers of one piano.
package struct DamperMeasurement {
  /// Seconds after which a key is let go, that one is held, and from one note to the next.
  private static let short = 0.5, long = 1.4, spacing = 1.5
  /// Samples of a mean square: short, for both notes of a pair are one wave until one is let go.
  private static let window = 240

  private let synthesiser: FluidSynth

  package init(_ synthesiser: FluidSynth) { self.synthesiser = synthesiser }

  /// Every other key that has a damper is struck twice, and let go or held. ln(seconds a neper) is a line over the keys,
  /// through the medians of the lower and of the upper third: a key here and there is odd.
  ///
  /// - Returns: one damper for each velocity. What is too soft to tell falls as what is louder.
  package func measure(velocities: [Int], scratch: URL) throws -> [Damper] {
    let keys = Array(stride(from: Keyboard.keys.lowerBound, through: Keyboard.lastDamper, by: 2))
    let notes = velocities.flatMap { velocity in
      keys.flatMap { key in [Self.short, Self.long].map { (key: key, velocity: UInt8(velocity), held: $0) } }
    }
    let score = notes.enumerated().map { place, note in
      let start = Double(place) * Self.spacing
      return Note(key: note.key, velocity: note.velocity, start: start, end: start + note.held)
    }
    let folder = scratch.appendingPathComponent("dampers")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sound = try synthesiser.render(
      FluidSynth.exact(Score(notes: score)), seconds: Double(notes.count) * Self.spacing, scratch: folder)
    let length = Int(Self.spacing * ProbeNote.rate)
    func levels(_ note: Int) -> [Double] { Self.levels(ProbeNote(sound[note * length..<(note + 1) * length])) }
    var dampers: [Damper] = []
    for layer in velocities.indices.reversed() {
      let found = keys.indices.compactMap { place in
        let pair = 2 * (layer * keys.count + place)
        return Self.nepersASecond(released: levels(pair), held: levels(pair + 1)).map {
          (place: Double(keys[place] - keys[0]) / 67, value: -log($0))
        }
      }
      dampers.append(found.count >= keys.count / 2 ? Self.line(through: found) : dampers.last ?? Damper())
    }
    return dampers.reversed()
  }

  /// ½ ln of the mean square of each window from the release to the end of the held note.
  private static func levels(_ note: ProbeNote) -> [Double] {
    let (begin, end) = (Int(short * ProbeNote.rate) + window, Int(long * ProbeNote.rate))
    return stride(from: begin, to: end - window, by: window).map { start in
      let square = note.samples[start..<start + window].reduce(0) { $0 + $1 * $1 } / Float(window)
      return 0.5 * log(Double(square) + 1e-12)
    }
  }

  /// By how much faster a note falls than the same one held: nil where it is too soft to tell.
  private static func nepersASecond(released: [Double], held: [Double]) -> Double? {
    // Down to 40 dB below where it was let go, or to 20 dB above the steps of 16 bits.
    let floor = max(released[0] - 4.6, -9)
    let heard = zip(released, held).prefix { $0.0 > floor }.map { $0.0 - $0.1 }
    guard heard.count >= 6 else { return nil }
    let fall = -slope(heard)
    return fall > 1 && fall < 1 / Damper.sensible.lowerBound ? fall : nil
  }

  /// Of levels that follow each other, in nepers a second, by least squares.
  private static func slope(_ levels: [Double]) -> Double {
    let middle = Double(levels.count - 1) / 2
    let mean = levels.reduce(0, +) / Double(levels.count)
    var above = 0.0
    var below = 0.0
    for (index, level) in levels.enumerated() {
      above += (Double(index) - middle) * (level - mean)
      below += (Double(index) - middle) * (Double(index) - middle)
    }
    return above / below * ProbeNote.rate / Double(window)
  }

  private static func line(through points: [(place: Double, value: Double)]) -> Damper {
    let third = points.count / 3
    func middle(_ part: some Collection<(place: Double, value: Double)>) -> (place: Double, value: Double) {
      let values = part.map(\.value).sorted()
      return (part.reduce(0) { $0 + $1.place } / Double(part.count), values[values.count / 2])
    }
    let (low, high) = (middle(points.prefix(third)), middle(points.suffix(third)))
    let slope = (high.value - low.value) / (high.place - low.place)
    func seconds(_ place: Double) -> Float {
      let value = exp(low.value + slope * (place - low.place))
      return Float(min(max(value, Damper.sensible.lowerBound), Damper.sensible.upperBound))
    }
    return Damper(bass: seconds(0), treble: seconds(1))
  }
}

extension Damper {
  /// As a run keeps them beside the strings.
  public static func metadata(_ dampers: [Damper]) -> [String: String] {
    func text(_ seconds: [Float]) -> String { seconds.map { "\($0)" }.joined(separator: " ") }
    return ["bassDampers": text(dampers.map(\.bass)), "trebleDampers": text(dampers.map(\.treble))]
  }

  /// What a run keeps; none where dampers were not measured.
  ///
  /// - Throws: `TrainingError` when what stands there is no time for each of the velocities.
  public static func all(_ metadata: [String: String], velocities: Int) throws -> [Damper] {
    guard let bass = metadata["bassDampers"], let treble = metadata["trebleDampers"] else { return [] }
    let ends = [bass, treble].map { $0.split(separator: " ").compactMap { Float($0) } }
    guard ends.allSatisfy({ $0.count == velocities && $0.allSatisfy { sensible.contains(Double($0)) } }) else {
      throw TrainingError(
        "dampers: expected \(velocities) times of \(sensible) seconds twice, found \"\(bass)\" and \"\(treble)\"")
    }
    return zip(ends[0], ends[1]).map { Damper(bass: $0, treble: $1) }
  }
}
