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
  /// on the others, beside the others' mean. Where that comes less than a twentieth closer, or examples do not agree on it (by three
  /// standard errors of what each gains), it is luck: pieces are loud and soft as a whole, and few of them say little. All notes are
  /// as loud as is usual then.
  ///
  /// - Parameter usual: the mean velocity of notes, of more of them than the examples'; by default theirs. Where nothing is told at all, the
  ///   rule is that of a network that was never asked.
  public static func velocityRule(of examples: [Example], rate: Double, usual: Double? = nil) -> VelocityRule {
    let told = examples.map { Self.told($0, rate: rate) }.filter { !$0.isEmpty }
    let parts = min(8, told.count)
    let errors = (0..<parts).flatMap { part -> [(fitted: Double, guessed: Double)] in
      let others = told.indices.filter { $0 % parts != part }.map { told[$0] }
      guard !others.isEmpty else { return [] }
      let rules = (VelocityRule.fitted(others), VelocityRule.mean(of: others.flatMap(\.self)))
      return told.indices.filter { $0 % parts == part }.map { (error(rules.0, told[$0]), error(rules.1, told[$0])) }
    }
    let count = Double(errors.count)
    let gains = errors.map { $0.guessed - $0.fitted }
    let mean = gains.reduce(0, +) / count
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let isShown =
      errors.count > 2 && mean > 0.05 * errors.reduce(0) { $0 + $1.guessed } / count
      && mean > 3 * (variance / count).squareRoot()
    if isShown { return VelocityRule.fitted(told) }
    if let usual { return VelocityRule(always: usual) }
    return told.isEmpty ? VelocityRule() : VelocityRule.mean(of: told.flatMap(\.self))
  }

  /// How far velocities are from the truth under a rule: the mean of magnitudes.
  private static func error(_ rule: VelocityRule, _ notes: [VelocityRule.Told]) -> Double {
    let found = rule.velocities(of: notes.map { ($0.time, rule.seen($0.told)) })
    let errors = zip(notes, found).map { note, found in abs(Double(found ?? note.velocity) - Double(note.velocity)) }
    return errors.reduce(0, +) / Double(errors.count)
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
  public typealias Grid = [(threshold: WritableKeyPath<RollThresholds, Double> & Sendable, values: [Double])]

  /// Of keys.
  public static let keys: Grid = [
    (\.onset, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8]),
    (\.down, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2]),
    (\.up, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]),
    (\.again, [0.05, 0.08, 0.12, 0.16]),
    (\.minimum, [0, 0.02, 0.03, 0.04, 0.06]),
  ]

  /// Of pedals.
  public static let pedals: Grid = [(\.pedal, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8])]

  /// The best thresholds that were found. A value is changed only where that is better, so ties stay as they were.
  ///
  /// - Parameters:
  ///   - start: where the search begins.
  ///   - grid: what is tried; the rest stays.
  ///   - rounds: how often it goes through all thresholds; it stops when a round has changed nothing.
  ///   - measure: how good a reading of an example is, higher is better: the F measure of its notes, for instance. NaN
  ///     counts as nothing.
  public static func tuned(
    _ start: RollThresholds, on examples: [Example], rate: Double, grid: Grid = keys, rounds: Int = 3,
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
