// PedalReader: depths of pedals to their moves, by degrees. A degree is left only when the depth is clearly beyond it, so
// that a foot at rest sends nothing.
import Score

/// The three pedals.
struct PedalReader: Sendable {
  private static let kinds: [Pedal.Kind] = [.sustain, .sostenuto, .soft]

  private let threshold: Double, hysteresis: Double, degrees: Double
  private var levels = [Double](repeating: 0, count: 3)
  private(set) var moves: [Pedal] = []

  init(_ thresholds: RollThresholds) {
    threshold = min(max(thresholds.pedal, 0.01), 0.99)
    hysteresis = min(max(thresholds.pedalHysteresis, 0), 0.5)
    degrees = Double(min(max(thresholds.pedalDegrees, 1), 127))
  }

  mutating func read(_ moment: Moment) {
    guard let depths = moment.pedals else { return }
    for (index, kind) in Self.kinds.enumerated() {
      let depth = depths[index]
      // The threshold is half-way down, on two straight lines.
      let place =
        depth < threshold ? depth / threshold / 2 : 0.5 + (depth - threshold) / (1 - threshold) / 2
      let wanted = place * degrees
      guard abs(wanted - levels[index]) > 0.5 + hysteresis else { continue }
      levels[index] = wanted.rounded()
      moves.append(Pedal(kind: kind, value: UInt8((levels[index] / degrees * 127).rounded()), time: moment.time))
    }
  }
}
