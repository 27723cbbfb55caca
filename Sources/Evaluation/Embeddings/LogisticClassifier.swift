// LogisticClassifier: which of two kinds an embedding is of, learned from examples of both: a flat border between them, and how far
// from it means how surely.
import Glibc

/// p(x) = σ(w·z + b), z = (x − μ)/s with the mean and deviation of all examples; w and b make Σₙ ln(1 + exp(−yₙ(w·zₙ + b)))/N +
/// λ/2·|w|² least, y being 1 for the first kind and −1 for the other. This is scikit-learn's `LogisticRegression` with C = 1/(λN).
public struct LogisticClassifier: Sendable {
  private let mean: [Double], precision: [Double]
  public private(set) var weights: [Double], bias = 0.0

  /// - Parameter decay: λ: the larger, the less single numbers count.
  /// - Throws: `MetricError` where a kind has no examples, they are not as wide as each other, or a number is none.
  public init(_ one: Embeddings, _ other: Embeddings, decay: Double = 0.01) throws(MetricError) {
    precondition(decay > 0, "decay \(decay), expected more than 0")
    try one.check(beside: other)
    guard one.count > 0, other.count > 0 else {
      throw MetricError("expected examples of both kinds, found \(one.count) and \(other.count)")
    }
    var all = one
    all += other
    let (count, width, center) = (all.count, all.width, all.mean)
    let squares = (0..<count).reduce(into: [Double](repeating: 0, count: width)) { sum, row in
      for (column, x) in all[row].enumerated() { sum[column] += (x - center[column]) * (x - center[column]) }
    }
    mean = center
    precision = squares.map { $0 > 0 ? 1 / ($0 / Double(count)).squareRoot() : 0 }
    weights = [Double](repeating: 0, count: width)
    let examples = (0..<count).map { standard(all[$0]) }
    descend(examples, signs: (0..<count).map { $0 < one.count ? 1 : -1 }, decay)
  }

  /// How likely the first kind is, 0…1.
  public func callAsFunction(_ x: some Collection<Double>) -> Double {
    precondition(x.count == weights.count, "\(x.count) numbers, expected \(weights.count)")
    return 1 / (1 + exp(-margin(standard(x))))
  }

  private func standard(_ x: some Collection<Double>) -> [Double] {
    x.enumerated().map { ($1 - mean[$0]) * precision[$0] }
  }

  private func margin(_ z: [Double]) -> Double { zip(weights, z).reduce(bias) { $0 + $1.0 * $1.1 } }

  /// Nesterov's descent for a function between λ and L strongly convex, L = (width + 1)/4 + λ, until the slope is nothing.
  private mutating func descend(_ examples: [[Double]], signs: [Double], _ decay: Double) {
    let width = weights.count
    let steepest = Double(width + 1) / 4 + decay
    let momentum = (steepest.squareRoot() - decay.squareRoot()) / (steepest.squareRoot() + decay.squareRoot())
    var last = weights + [0]
    for _ in 0..<100_000 {
      var slope = weights.map { $0 * decay } + [0]
      for (z, sign) in zip(examples, signs) {
        let pull = -sign / (1 + exp(sign * margin(z))) / Double(examples.count)
        for column in 0..<width { slope[column] += pull * z[column] }
        slope[width] += pull
      }
      if slope.allSatisfy({ abs($0) < 1e-10 }) { return }
      let lower = zip(weights + [bias], slope).map { $0 - $1 / steepest }
      let ahead = zip(lower, last).map { $0 + momentum * ($0 - $1) }
      last = lower
      (weights, bias) = (Array(ahead[..<width]), ahead[width])
    }
  }
}
