// SymmetricEigenvalues: the eigenvalues of a symmetric matrix, without the vectors: reflections to three diagonals, then
// rotations (Golub and Van Loan, *Matrix Computations*, 8.3).
import Glibc

/// Eigenvalues in no order. The error of each is of the order of the largest one's last digit.
///
/// - Parameters:
///   - matrix: size², in rows. Only what lies on and below the diagonal is read.
///   - size: rows and columns.
package func symmetricEigenvalues(_ matrix: [Double], size: Int) -> [Double] {
  precondition(matrix.count == size * size, "\(matrix.count) numbers in \(size) × \(size)")
  var (diagonal, beside) = tridiagonal(matrix, size)
  rotate(&diagonal, &beside)
  return diagonal
}

/// H·A·H for a reflection H = 1 − v·vᵀ/h for each row from the last upwards, h = |v|²/2: what is left is A's diagonal and the
/// numbers beside it, of which the last is 0. With p = A·v/h and w = p − (pᵀv/2h)·v it is A − v·wᵀ − w·vᵀ.
private func tridiagonal(_ matrix: [Double], _ size: Int) -> (diagonal: [Double], beside: [Double]) {
  var matrix = matrix
  var (diagonal, beside) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
  var p = [Double](repeating: 0, count: size)
  matrix.withUnsafeMutableBufferPointer { a in
    guard let a = a.baseAddress else { return }
    p.withUnsafeMutableBufferPointer { p in
      guard let p = p.baseAddress else { return }
      for row in stride(from: size - 1, to: 0, by: -1) {
        let v = a + row * size
        diagonal[row] = v[row]
        let length = dot(v, v, row).squareRoot()
        // Already done, or too small to tell from 0.
        guard row > 1, length > 1e-150 else {
          beside[row - 1] = row == 1 ? v[0] : 0
          continue
        }
        let last = v[row - 1] > 0 ? -length : length
        beside[row - 1] = last
        let h = length * length - v[row - 1] * last
        v[row - 1] -= last
        p.update(repeating: 0, count: row)
        for i in 0..<row {
          let line = a + i * size
          p[i] += dot(line, v, i + 1)
          add(v[i], line, to: p, i)
        }
        let share = dot(p, v, row) / (2 * h * h)
        for i in 0..<row { p[i] = p[i] / h - share * v[i] }
        for i in 0..<row {
          let line = a + i * size
          add(-v[i], p, to: line, i + 1)
          add(-p[i], v, to: line, i + 1)
        }
      }
      if size > 0 { diagonal[0] = a[0] }
    }
  }
  return (diagonal, beside)
}

/// Turns what is beside the diagonal to nothing, from the first row on, shifted by the eigenvalue of a corner that is nearer
/// (Wilkinson's shift).
private func rotate(_ diagonal: inout [Double], _ beside: inout [Double]) {
  let size = diagonal.count
  let tiny = 1e-32 * (diagonal.map(\.magnitude) + beside.map(\.magnitude)).reduce(0, max)
  for first in 0..<size {
    // Two or three rounds are usual.
    for _ in 0..<100 {
      let end =
        (first..<size - 1).first {
          beside[$0].magnitude <= max(tiny, 0x1p-52 * (diagonal[$0].magnitude + diagonal[$0 + 1].magnitude))
        } ?? size - 1
      if end == first { break }
      let half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
      let root = hypot(half, 1)
      var g = diagonal[end] - diagonal[first] + beside[first] / (half + (half < 0 ? -root : root))
      var (sine, cosine, moved) = (1.0, 1.0, 0.0)
      var split = false
      for row in stride(from: end - 1, through: first, by: -1) {
        let (f, b) = (sine * beside[row], cosine * beside[row])
        let r = hypot(f, g)
        beside[row + 1] = r
        if r == 0 {
          diagonal[row + 1] -= moved
          beside[end] = 0
          split = true
          break
        }
        (sine, cosine) = (f / r, g / r)
        let kept = diagonal[row + 1] - moved
        let turned = (diagonal[row] - kept) * sine + 2 * cosine * b
        moved = sine * turned
        diagonal[row + 1] = kept + moved
        g = cosine * turned - b
      }
      if split { continue }
      diagonal[first] -= moved
      beside[first] = g
      beside[end] = 0
    }
  }
}

/// Σ a·b.
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var (even, odd) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  var index = 0
  let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  while index + 16 <= count {
    let (low, high) = (8 * index, 8 * index + 64)
    even +=
      x.loadUnaligned(fromByteOffset: low, as: SIMD8<Double>.self)
      * y.loadUnaligned(fromByteOffset: low, as: SIMD8<Double>.self)
    odd +=
      x.loadUnaligned(fromByteOffset: high, as: SIMD8<Double>.self)
      * y.loadUnaligned(fromByteOffset: high, as: SIMD8<Double>.self)
    index += 16
  }
  var sum = (even + odd).sum()
  while index < count {
    sum += a[index] * b[index]
    index += 1
  }
  return sum
}

/// y += scale·x.
func add(_ scale: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, _ count: Int) {
  for index in 0..<count { y[index] += scale * x[index] }
}
