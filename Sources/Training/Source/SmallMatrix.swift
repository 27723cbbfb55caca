// SmallMatrix: square complex matrices of a few rows: linear equations and eigenvalues, as mode estimation needs them.
import Numerics

/// A matrix of K×K, in rows.
struct SmallMatrix {
  let size: Int
  var values: [Complex<Double>]

  init(_ size: Int, _ value: (Int, Int) -> Complex<Double>) {
    self.size = size
    values = (0..<size * size).map { value($0 / size, $0 % size) }
  }

  subscript(row: Int, column: Int) -> Complex<Double> {
    get { values[row * size + column] }
    set { values[row * size + column] = newValue }
  }

  /// X of self·X = right, by elimination with the largest pivot first. Not finite where the matrix is singular.
  func solved(_ right: SmallMatrix) -> SmallMatrix {
    var (left, right) = (self, right)
    for column in 0..<size {
      let pivot = (column..<size).max { left[$0, column].length < left[$1, column].length }!
      for k in 0..<size {
        left.values.swapAt(pivot * size + k, column * size + k)
        right.values.swapAt(pivot * size + k, column * size + k)
      }
      let scale = Complex.one / left[column, column]
      for k in 0..<size {
        left[column, k] *= scale
        right[column, k] *= scale
      }
      for row in 0..<size where row != column {
        let share = left[row, column]
        for k in 0..<size {
          left[row, k] -= share * left[column, k]
          right[row, k] -= share * right[column, k]
        }
      }
    }
    return right
  }

  /// The roots of det(λ − self): its coefficients by Faddeev and LeVerrier, the roots all at once by Durand and Kerner.
  var eigenvalues: [Complex<Double>] {
    var coefficients = [Complex<Double>.one]  // of the highest power first
    var product = SmallMatrix(size) { _, _ in .zero }
    for k in 1...size {
      // M_k = A·M_{k−1} + c_{k−1}·1, c_k = −tr(A·M_k)/k.
      product = times(product)
      for row in 0..<size { product[row, row] += coefficients[k - 1] }
      let trace = (0..<size).reduce(Complex<Double>.zero) { sum, row in sum + times(product)[row, row] }
      coefficients.append(-trace / Complex(Double(k)))
    }
    let radius = max(values.map(\.length).max()!, 1e-300)
    var roots = (0..<size).map { Complex(length: radius, phase: 0.4 + 2 * .pi * Double($0) / Double(size)) }
    for _ in 0..<200 {
      for one in roots.indices {
        let value = coefficients.reduce(Complex<Double>.zero) { $0 * roots[one] + $1 }
        let others = roots.indices.reduce(Complex<Double>.one) { $1 == one ? $0 : $0 * (roots[one] - roots[$1]) }
        if others.length > 0 { roots[one] -= value / others }
      }
    }
    return roots
  }

  private func times(_ other: SmallMatrix) -> SmallMatrix {
    SmallMatrix(size) { row, column in
      (0..<size).reduce(.zero) { $0 + self[row, $1] * other[$1, column] }
    }
  }
}
