// SmallPredictor: a predictor that has learned nothing and takes no time. What it says depends on every point that it sees,
// so that whatever goes wrong on the way to it is noticed.
import Conditioning
import Tensors

public enum SmallPredictor {
  public static func configuration(step: Int = 3) -> StripConfiguration {
    var c = StripConfiguration.step(step)
    c.strip = StripGeometry(rows: 16, pitch: 4)
    (c.stem, c.width, c.depth) = ([6, 8, 10], 12, 1)
    return c
  }

  /// Writes one; its thresholds let some of its noise be notes.
  ///
  /// - Parameter step: 1 knows the view from above only, 2 all views of the keys and velocities, 3 the pedals, too.
  public static func write(to path: String, step: Int = 3) throws {
    let c = configuration(step: step)
    let (_, weights) = try Weights.make(from: LoudWeights()) { StripPredictor($0, c) }
    var thresholds = RollThresholds()
    // Probabilities begin low, and learn to rise.
    (thresholds.onset, thresholds.down, thresholds.up, thresholds.confident) = (0.03, 0.0012, 0.0006, 0.02)
    try RollPredictor.write(
      name: "Small", c, weights, rate: 25, thresholds: thresholds, card: ["licence": "none needed"], to: path)
  }
}

/// Random where layers would begin with zeros, too.
private struct LoudWeights: WeightSource {
  var names: [String] { [] }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
    if case .ones = initial { return RandomWeights(seed: 11).fill(name, tensor, initial: .ones) }
    RandomWeights(seed: 11).fill(name, tensor, initial: .uniform(bound: 1))
  }
}
