// DamperMeasurement: how quickly the dampers of one piano take the sound of its strings, from keys that are let go.
// Measured on short notes; a line over the keyboard says what two numbers can.
import Codec
import Foundation
import Score

/// Measures the dampers of one piano.
package struct DamperMeasurement {
  /// Seconds that a key is held, and from one key to the next.
  private static let held = 0.5, spacing = 1.5
  /// Samples of a mean square.
  private static let window = 480

  private let synthesiser: FluidSynth

  package init(_ synthesiser: FluidSynth) { self.synthesiser = synthesiser }

  /// Every key that has a damper is let go once. ln(seconds a neper) is a line over the keys, through the medians of the
  /// lower and of the upper third: a key here and there is odd.
  package func measure(scratch: URL) throws -> Damper {
    let keys = Keyboard.keys.lowerBound...Keyboard.lastDamper
    let notes = keys.enumerated().map { place, key in
      let start = Double(place) * Self.spacing
      return Note(key: key, velocity: 100, start: start, end: start + Self.held)
    }
    let folder = scratch.appendingPathComponent("dampers")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sound = try synthesiser.render(
      FluidSynth.exact(Score(notes: notes)), seconds: Double(notes.count) * Self.spacing, scratch: folder)
    let length = Int(Self.spacing * ProbeNote.rate)
    let found = keys.enumerated().compactMap { place, key in
      Self.nepersASecond(ProbeNote(sound[place * length..<(place + 1) * length])).map {
        (place: Double(key - Keyboard.keys.lowerBound) / 67, value: -log($0))
      }
    }
    guard found.count >= 20 else { return Damper() }
    return Self.line(through: found)
  }

  /// By how much faster a note falls after its key came up than before: nil where it is too soft to tell.
  private static func nepersASecond(_ note: ProbeNote) -> Double? {
    let release = Int(held * ProbeNote.rate)
    func levels(_ range: Range<Int>) -> [Double] {
      stride(from: range.lowerBound, to: range.upperBound - window, by: window).map { start in
        let square = note.samples[start..<start + window].reduce(0) { $0 + $1 * $1 } / Float(window)
        return 0.5 * log(Double(square) + 1e-12)
      }
    }
    let before = levels(release / 2..<release)
    let after = levels(release + window..<note.samples.count)
    // Down to 40 dB below where it was let go, or to 20 dB above the steps of 16 bits.
    let floor = max(after[0] - 4.6, -9)
    let heard = after.prefix { $0 > floor }
    guard heard.count >= 6 else { return nil }
    let fall = slope(before) - slope(Array(heard))
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
  /// As a run keeps it beside the strings.
  public var metadata: [String: String] { ["bassDamper": "\(bass)", "trebleDamper": "\(treble)"] }

  /// What a run keeps; nil where dampers were not measured.
  ///
  /// - Throws: `TrainingError` when what stands there is no time.
  public init?(metadata: [String: String]) throws {
    guard let bass = metadata["bassDamper"], let treble = metadata["trebleDamper"] else { return nil }
    let seconds = [bass, treble].compactMap(Float.init).filter { Damper.sensible.contains(Double($0)) }
    guard seconds.count == 2 else {
      throw TrainingError("dampers: expected seconds in \(Damper.sensible), found \(bass) and \(treble)")
    }
    self.init(bass: seconds[0], treble: seconds[1])
  }
}
