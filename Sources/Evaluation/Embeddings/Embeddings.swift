// Embeddings: what a network made of many sounds: a row of numbers for each, all rows of one width.
// Networks compute in Float; measures add thousands of rows up, so here they are Double.

/// Rows of `width` numbers, one after the other.
public struct Embeddings: Sendable, Equatable {
  public let width: Int
  public private(set) var values: [Double]
  public var count: Int { values.count / width }

  /// - Parameter values: rows one after the other.
  public init(width: Int, _ values: [Double] = []) {
    precondition(width > 0 && values.count % width == 0, "\(values.count) numbers in rows of \(width)")
    (self.width, self.values) = (width, values)
  }

  /// Takes in one or more rows.
  public mutating func append(_ rows: some Sequence<Float>) {
    values += rows.lazy.map(Double.init)
    precondition(values.count % width == 0, "numbers that are no rows of \(width)")
  }

  public static func += (a: inout Embeddings, b: Embeddings) {
    precondition(a.width == b.width, "rows of \(b.width) behind rows of \(a.width)")
    a.values += b.values
  }

  public subscript(row: Int) -> ArraySlice<Double> { values[row * width..<(row + 1) * width] }

  /// The mean of all rows; zeros without rows.
  public var mean: [Double] {
    var sum = [Double](repeating: 0, count: width)
    for row in 0..<count {
      for column in 0..<width { sum[column] += values[row * width + column] }
    }
    return sum.map { $0 / Double(max(1, count)) }
  }

  /// Whether every number is one.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }
}

/// Why a measure cannot be taken.
public struct MetricError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }
}

extension Embeddings {
  /// - Throws: `MetricError` unless these and others are as wide as each other and every number is finite.
  func check(beside other: Embeddings) throws(MetricError) {
    guard width == other.width else {
      throw MetricError("expected embeddings of one width, found \(width) and \(other.width)")
    }
    guard isFinite, other.isFinite else { throw MetricError("expected finite embeddings, found NaN or infinity") }
  }

  /// - Throws: `MetricError` unless these and others are pairs, at least one.
  func checkPairs(with other: Embeddings) throws(MetricError) {
    try check(beside: other)
    guard count == other.count, count > 0 else {
      throw MetricError("expected embeddings in pairs, found \(count) and \(other.count)")
    }
  }
}
