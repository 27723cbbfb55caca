// Gaussian: the normal distribution nearest to a cloud of embeddings, kept as its mean and a root of its covariance.
// A root is never larger than the cloud: the covariance of fifty points in 2048 dimensions is not made at all.

/// N(μ, Σ) with Σ = RᵀR.
public struct Gaussian: Sendable {
  public let mean: [Double]
  /// R, [rank, width] in rows.
  let root: [Double]
  public var width: Int { mean.count }
  var rank: Int { root.count / width }
  /// tr Σ = Σ R².
  public var trace: Double { root.reduce(0) { $0 + $1 * $1 } }

  /// μ the mean, Σ = Σᵢ(xᵢ − μ)(xᵢ − μ)ᵀ/(n − 1), as numpy's `cov`. Where there are no more points than dimensions, R is
  /// (xᵢ − μ)/√(n − 1) itself.
  ///
  /// - Throws: `MetricError` with fewer than two points, or with one that is not finite.
  public init(_ points: Embeddings) throws(MetricError) {
    guard points.count > 1 else {
      throw MetricError("expected at least two embeddings for a covariance, found \(points.count)")
    }
    guard points.isFinite else { throw MetricError("expected finite embeddings, found NaN or infinity") }
    mean = points.mean
    let (width, scale) = (points.width, 1 / Double(points.count - 1).squareRoot())
    var deviations = points.values
    for index in deviations.indices { deviations[index] = (deviations[index] - mean[index % width]) * scale }
    root = points.count <= width ? deviations : Self.root(of: Self.square(deviations, width), width)
  }

  /// - Parameter covariance: [width, width], symmetric, without negative eigenvalues but for rounding.
  /// - Throws: `MetricError` where the sizes or the numbers are not those of a Gaussian.
  public init(mean: [Double], covariance: [Double]) throws(MetricError) {
    guard !mean.isEmpty, covariance.count == mean.count * mean.count else {
      throw MetricError("expected \(mean.count)² numbers of a covariance, found \(covariance.count)")
    }
    guard mean.allSatisfy(\.isFinite), covariance.allSatisfy(\.isFinite) else {
      throw MetricError("expected finite statistics, found NaN or infinity")
    }
    self.mean = mean
    root = Self.root(of: covariance, mean.count)
  }

  /// XᵀX of rows X, [width, width].
  private static func square(_ rows: [Double], _ width: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: width * width)
    sum.withUnsafeMutableBufferPointer { sum in
      rows.withUnsafeBufferPointer { rows in
        for row in stride(from: 0, to: rows.count, by: width) {
          let x = rows.baseAddress! + row
          for i in 0..<width { add(x[i], x, to: sum.baseAddress! + i * width, i + 1) }
        }
      }
      for i in 0..<width {
        for j in 0..<i { sum[j * width + i] = sum[i * width + j] }
      }
    }
    return sum
  }

  /// Cholesky's root, the largest remaining variance first, until what is left is rounding (Higham 1990): rows r with
  /// Σ r·rᵀ = A.
  private static func root(of matrix: [Double], _ width: Int) -> [Double] {
    var left = (0..<width).map { matrix[$0 * width + $0] }
    let least = Double(width) * 0x1p-52 * (left.max() ?? 0)
    var root: [Double] = []
    while let pivot = left.indices.max(by: { left[$0] < left[$1] }), left[pivot] > least, root.count < width * width {
      var row = Array(matrix[pivot * width..<(pivot + 1) * width])
      row.withUnsafeMutableBufferPointer { row in
        root.withUnsafeBufferPointer { root in
          for earlier in stride(from: 0, to: root.count, by: width) {
            let other = root.baseAddress! + earlier
            add(-other[pivot], other, to: row.baseAddress!, width)
          }
        }
      }
      let scale = 1 / left[pivot].squareRoot()
      for index in row.indices {
        row[index] *= scale
        left[index] -= row[index] * row[index]
      }
      left[pivot] = 0
      root += row
    }
    return root
  }
}
