// LeastSquares: the numbers x for which Σ w·(row·x − value)² is least, by the normal equations, a few unknowns at most.

package struct LeastSquares {
  private let unknowns: Int
  /// The upper half of Σ w·rowᵀrow, and Σ w·row·value behind each row.
  private var sums: [Double]

  /// - Parameter ridge: how much a square of each unknown costs.
  package init(_ unknowns: Int, ridge: Double = 1e-9) {
    self.unknowns = unknowns
    sums = [Double](repeating: 0, count: unknowns * (unknowns + 1))
    for index in 0..<unknowns { sums[index * (unknowns + 1) + index] = ridge }
  }

  /// Adds to what a square of one unknown costs.
  package mutating func hold(_ unknown: Int, _ cost: Double) { sums[unknown * (unknowns + 1) + unknown] += cost }

  package mutating func add(_ row: [Double], _ value: Double, weight: Double) {
    for i in 0..<unknowns {
      let factor = weight * row[i]
      for j in i..<unknowns { sums[i * (unknowns + 1) + j] += factor * row[j] }
      sums[i * (unknowns + 1) + unknowns] += factor * value
    }
  }

  /// Nil where the rows do not decide.
  package func solution() -> [Double]? {
    let (n, stride) = (unknowns, unknowns + 1)
    var m = sums
    for i in 0..<n { for j in 0..<i { m[i * stride + j] = m[j * stride + i] } }
    for i in 0..<n {
      let pivot = (i..<n).max { abs(m[$0 * stride + i]) < abs(m[$1 * stride + i]) }!
      guard abs(m[pivot * stride + i]) > 1e-12 else { return nil }
      if pivot != i { for j in 0..<stride { m.swapAt(i * stride + j, pivot * stride + j) } }
      for row in 0..<n where row != i {
        let factor = m[row * stride + i] / m[i * stride + i]
        guard factor != 0 else { continue }
        for j in i..<stride { m[row * stride + j] -= factor * m[i * stride + j] }
      }
    }
    let x = (0..<n).map { m[$0 * stride + n] / m[$0 * stride + $0] }
    return x.allSatisfy(\.isFinite) ? x : nil
  }
}

/// The middle of sorted numbers; 0 of none.
func median(_ values: [Float]) -> Float {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
}
