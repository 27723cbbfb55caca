// ModeEstimation: a few decaying oscillations, found in samples of their sum (ESPRIT, Roy and Kailath 1989).
// The samples' covariance has the oscillations' directions as its strongest eigenvectors, and from one moment to the next
// these turn as the oscillations do.
import Numerics

/// Finds z[n] ≈ Σ_k a_k·λ_k^n.
public enum ModeEstimation {
  /// The factors λ of one or two oscillations.
  ///
  /// - Parameters:
  ///   - z: at least eight samples.
  ///   - isPossible: whether a factor can be one; if one of two cannot, one oscillation alone is found.
  public static func factors(
    _ z: [Complex<Double>], modes: Int, isPossible: (Complex<Double>) -> Bool
  ) -> [Complex<Double>] {
    if modes > 1, z.count >= 8 {
      let found = pair(z)
      if found.allSatisfy({ $0.isFinite && isPossible($0) }) { return found }
    }
    let power = z.dropLast().reduce(0) { $0 + $1.lengthSquared }
    let turned = zip(z, z.dropFirst()).reduce(Complex<Double>.zero) { $0 + $1.0.conjugate * $1.1 }
    return [turned / Complex(max(power, 1e-300))]
  }

  /// The amplitudes a_k, by least squares.
  public static func amplitudes(_ z: [Complex<Double>], _ factors: [Complex<Double>]) -> [Complex<Double>] {
    var gram = [Complex<Double>](repeating: .zero, count: 3)  // ⟨1,1⟩ ⟨1,2⟩ ⟨2,2⟩
    var right = [Complex<Double>](repeating: .zero, count: 2)
    var powers = [Complex<Double>](repeating: .one, count: factors.count)
    for value in z {
      let second = factors.count > 1 ? powers[1] : .zero
      gram[0] += Complex(powers[0].lengthSquared)
      gram[1] += powers[0].conjugate * second
      gram[2] += Complex(second.lengthSquared)
      right[0] += powers[0].conjugate * value
      right[1] += second.conjugate * value
      for k in factors.indices { powers[k] *= factors[k] }
    }
    guard factors.count > 1 else { return [right[0] / gram[0]] }
    let determinant = gram[0] * gram[2] - gram[1] * gram[1].conjugate
    return [
      (gram[2] * right[0] - gram[1] * right[1]) / determinant,
      (gram[0] * right[1] - gram[1].conjugate * right[0]) / determinant,
    ]
  }

  private static func pair(_ z: [Complex<Double>]) -> [Complex<Double>] {
    let length = min(z.count / 3 + 1, 40)
    var covariance = [Complex<Double>](repeating: .zero, count: length * length)
    for start in 0...z.count - length {
      for row in 0..<length {
        let left = z[start + row]
        for column in 0..<length { covariance[row * length + column] += left * z[start + column].conjugate }
      }
    }
    var first = (0..<length).map { Complex(1, 0.1 * Double($0 % 3)) }
    var second = (0..<length).map { Complex(Double($0) - Double(length) / 2, 0) }
    func turned(_ x: [Complex<Double>]) -> [Complex<Double>] {
      (0..<length).map { row in
        (0..<length).reduce(Complex<Double>.zero) { $0 + covariance[row * length + $1] * x[$1] }
      }
    }
    for _ in 0..<50 {
      first = normalised(turned(first))
      let next = turned(second)
      let along = inner(first[...], next[...])
      second = normalised(zip(next, first).map { $0 - along * $1 })
    }
    // From one sample to the next: A[1…]·= A[…−1]·Φ in the least-squares sense; λ are the eigenvalues of Φ.
    let (a, b) = (first.dropLast(), second.dropLast())
    let (c, d) = (first.dropFirst(), second.dropFirst())
    let (aa, ab, bb) = (inner(a, a), inner(a, b), inner(b, b))
    let determinant = aa * bb - ab * ab.conjugate
    func solved(_ y: ArraySlice<Complex<Double>>) -> (Complex<Double>, Complex<Double>) {
      let (p, q) = (inner(a, y), inner(b, y))
      return ((bb * p - ab * q) / determinant, (aa * q - ab.conjugate * p) / determinant)
    }
    let (left, right) = (solved(c), solved(d))
    let half = (left.0 + right.1) / Complex(2)
    let root = Complex.sqrt(half * half - (left.0 * right.1 - right.0 * left.1))
    return [half + root, half - root]
  }

  /// ⟨x, y⟩ = Σ x̄·y.
  private static func inner(_ x: ArraySlice<Complex<Double>>, _ y: ArraySlice<Complex<Double>>) -> Complex<Double> {
    zip(x, y).reduce(.zero) { $0 + $1.0.conjugate * $1.1 }
  }

  private static func normalised(_ x: [Complex<Double>]) -> [Complex<Double>] {
    let norm = x.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
    return norm > 0 ? x.map { $0 / Complex(norm) } : x
  }
}
