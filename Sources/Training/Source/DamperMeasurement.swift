// DamperMeasurement: how quickly the dampers of one piano take the sound of its strings: a key that is let go, beside the
// same key held. A line over the keyboard says what two numbers can.
import Codec
import Foundation
import Score

/// Measures the dampers of one piano.
package struct DamperMeasurement {
  /// Seconds after which a key is let go, that one is held, and from one note to the next.
  private static let short = 0.5, long = 1.4, spacing = 1.5
  /// Samples of a mean square.
  private static let window = 480

  private let synthesiser: FluidSynth

  package init(_ synthesiser: FluidSynth) { self.synthesiser = synthesiser }

  /// Every key that has a damper is struck twice, and let go or held. ln(seconds a neper) is a line over the keys, through
  /// the medians of the lower and of the upper third: a key here and there is odd.
  package func measure(scratch: URL) throws -> Damper {
    let keys = Keyboard.keys.lowerBound...Keyboard.lastDamper
    let notes = keys.flatMap { key in [(key, Self.short), (key, Self.long)] }.enumerated().map { place, note in
      let start = Double(place) * Self.spacing
      return Note(key: note.0, velocity: 100, start: start, end: start + note.1)
    }
    let folder = scratch.appendingPathComponent("dampers")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sound = try synthesiser.render(
      FluidSynth.exact(Score(notes: notes)), seconds: Double(notes.count) * Self.spacing, scratch: folder)
    let length = Int(Self.spacing * ProbeNote.rate)
    func levels(_ note: Int) -> [Double] { Self.levels(ProbeNote(sound[note * length..<(note + 1) * length])) }
    let found = (0..<keys.count).compactMap { place in
      Self.nepersASecond(released: levels(2 * place), held: levels(2 * place + 1)).map {
        (place: Double(place) / 67, value: -log($0))
      }
    }
    guard found.count >= 20 else { return Damper() }
    return Self.line(through: found)
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
