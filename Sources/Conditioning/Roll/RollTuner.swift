// RollTuner: the thresholds under which what is read comes closest to what was played, one after the other on a grid.
import Score

/// Looks for thresholds.
public enum RollTuner {
  /// A roll and the score that is its truth.
  public struct Example: Sendable {
    public var frames: [RollFrame]
    public var truth: Score

    public init(frames: [RollFrame], truth: Score) { (self.frames, self.truth) = (frames, truth) }
  }

  /// The rule by which velocities come closest to the truth, of examples that tell some. Each eighth of them is asked what is fitted
  /// on the others; where that comes less than a twentieth closer, taken together, than the others' mean, it is luck: all notes
  /// are as loud as the mean.
  public static func velocityRule(of examples: [Example], rate: Double) -> VelocityRule {
    let told = examples.map { Self.told($0, rate: rate) }.filter { !$0.isEmpty }
    var (fitted, guessed) = (0.0, 0.0)
    let parts = min(8, told.count)
    for part in 0..<parts {
      let others = told.indices.filter { $0 % parts != part }.map { told[$0] }
      guard !others.isEmpty else { continue }
      let rules = (VelocityRule.fitted(others), VelocityRule.mean(of: others.flatMap(\.self)))
      for left in told.indices.filter({ $0 % parts == part }).map({ told[$0] }) {
        func velocities(_ rule: VelocityRule) -> [UInt8?] {
          rule.velocities(of: left.map { ($0.time, rule.seen($0.told)) })
        }
        for (note, (found, guess)) in zip(left, zip(velocities(rules.0), velocities(rules.1))) {
          guard let found, let guess else { continue }
          fitted += abs(Double(found) - Double(note.velocity))
          guessed += abs(Double(guess) - Double(note.velocity))
        }
      }
    }
    return guessed > 0 && fitted > 0.95 * guessed
      ? VelocityRule.mean(of: told.flatMap(\.self)) : VelocityRule.fitted(told)
  }

  /// What is told of an example's notes, and how loud they are.
  private static func told(_ example: Example, rate: Double) -> [VelocityRule.Told] {
    let moments = example.frames.map { Moment($0) }
    let times = moments.map(\.time)
    guard !times.isEmpty else { return [] }
    return example.truth.notes.filter { Keyboard.keys ~= $0.key }.compactMap { note in
      let key = Int(note.key - Keyboard.keys.lowerBound)
      let told = VelocityRule.told(at: note.start, times: times, period: 1 / rate) { moments[$0].loudness(of: key) }
      return told.map { (note.start, $0, note.velocity) }
    }
  }

  /// What is tried of each threshold, in the order in which they are tried.
  public static let grid: [(threshold: WritableKeyPath<RollThresholds, Double> & Sendable, values: [Double])] = [
    (\.onset, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8]),
    (\.down, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2]),
    (\.up, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]),
    (\.again, [0.05, 0.08, 0.12, 0.16]),
    (\.minimum, [0, 0.02, 0.03, 0.04, 0.06]),
    (\.pedal, [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
  ]

  /// The best thresholds that were found. A value is changed only where that is better, so ties stay as they were.
  ///
  /// - Parameters:
  ///   - start: where the search begins.
  ///   - rounds: how often it goes through all thresholds; it stops when a round has changed nothing.
  ///   - measure: how good a reading of an example is, higher is better: the F measure of its notes, for instance. NaN
  ///     counts as nothing.
  public static func tuned(
    _ start: RollThresholds, on examples: [Example], rate: Double, rounds: Int = 3,
    measure: (_ found: DecodedRoll, _ truth: Score) -> Double
  ) -> (thresholds: RollThresholds, measure: Double) {
    func worth(_ thresholds: RollThresholds) -> Double {
      let sum = examples.reduce(0.0) { sum, example in
        let worth = measure(RollDecoder.decode(example.frames, thresholds, rate: rate), example.truth)
        return sum + (worth.isNaN ? 0 : worth)
      }
      return sum / Double(max(1, examples.count))
    }
    var best = start
    var most = worth(start)
    for _ in 0..<rounds {
      let before = best
      for (threshold, values) in grid {
        for value in values where value != best[keyPath: threshold] {
          var tried = best
          tried[keyPath: threshold] = value
          // Rising and falling through the same border would be no hysteresis.
          guard tried.up <= tried.down else { continue }
          let found = worth(tried)
          if found > most { (best, most) = (tried, found) }
        }
      }
      if best == before { break }
    }
    return (best, most)
  }
}
