// RandomFeatures: bent functions of some numbers, always the same ones, so that what is no straight line can be fitted by least
// squares (Rahimi and Recht, Weighted Sums of Random Kitchen Sinks, 2008).
import Glibc
import Keyboards
import Tensors

/// φⱼ(t) = tanh(cⱼ + Σ wⱼᵢ·(tᵢ − centreᵢ)/spreadᵢ/√n): w and c are normal random numbers that follow from j and i alone.
public struct RandomFeatures: Sendable, Equatable, Codable {
  /// How many there are.
  public static let most = 200
  /// Of how many numbers, at the most.
  private static let widest = 2 * VelocityRule.offsets.count
  /// cⱼ and wⱼ, [most, 1 + widest].
  private static let directions: [Double] = {
    let drawn = Tensor(zeros: Shape(most, 1 + widest))
    RandomWeights(seed: 2008).fill("directions", drawn, initial: .normal(deviation: 1))
    return drawn.array.map(Double.init)
  }()

  /// Means and deviations of the numbers, so that all count alike.
  public var centre: [Double] = [], spread: [Double] = []

  /// Of no numbers.
  public init() {}

  /// - Parameter examples: at least one; as many numbers in each, 16 at the most.
  init(seeing examples: [[Double]]) {
    let count = Double(examples.count)
    centre = examples[0].indices.map { index in examples.reduce(0) { $0 + $1[index] } / count }
    spread = centre.enumerated().map { index, mean in
      let variance = examples.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) } / count
      return max(variance.squareRoot(), 1e-3)
    }
  }

  /// - Throws: `ConfigurationError` where a number lacks or is none.
  init(_ json: JSON, of count: Int) throws(ConfigurationError) {
    let read = try ConfigurationReader(json["features"] ?? .null, path: "thresholds.velocity.features")
    centre = try read.numbers("centre", in: -1000...1000, most: count)
    spread = try read.numbers("spread", in: 1e-6...1000, most: count)
    guard centre.count == count, spread.count == count else {
      throw ConfigurationError(
        "thresholds.velocity.features: expected \(count) centres and spreads, found \(centre.count) and \(spread.count)"
      )
    }
  }

  var json: JSON { ["centre": .array(centre.map { JSON($0) }), "spread": .array(spread.map { JSON($0) })] }

  /// The first `count` features.
  func callAsFunction(_ numbers: [Double], count: Int) -> [Double] {
    precondition(
      count == 0 || numbers.count == centre.count && numbers.count <= Self.widest, "\(numbers.count) numbers")
    let scale = 1 / Double(numbers.count).squareRoot()
    let even = zip(numbers, zip(centre, spread)).map { scale * ($0 - $1.0) / $1.1 }
    return (0..<count).map { feature in
      let start = feature * (1 + Self.widest)
      return tanh(even.enumerated().reduce(Self.directions[start]) { $0 + Self.directions[start + 1 + $1.0] * $1.1 })
    }
  }
}
