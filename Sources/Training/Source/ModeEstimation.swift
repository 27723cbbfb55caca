// ModeEstimation: a few decaying oscillations, found in samples of their sum (ESPRIT, Roy and Kailath 1989).
// The samples' covariance has the oscillations' directions as its strongest eigenvectors, and from one moment to the next
// these turn as the oscillations do.
import Numerics

/// Finds z[n] ≈ Σ_k a_k·λ_k^n.
public enum ModeEstimation {
  /// The factors λ of at most `modes` oscillations; at least one.
  ///
  /// - Parameters:
  ///   - z: at least eight samples.
  ///   - isPossible: whether a factor can be one. Those that cannot are left out; where none can, one is found that
  ///     turns as all of the sum does.
  public static func factors(
    _ z: [Complex<Double>], modes: Int, isPossible: (Complex<Double>) -> Bool
  ) -> [Complex<Double>] {
    if modes > 1, z.count >= 8 {
      let found = several(z, min(modes, z.count / 3)).filter { $0.isFinite && isPossible($0) }
      if !found.isEmpty { return found }
    }
    let power = z.dropLast().reduce(0) { $0 + $1.lengthSquared }
    let turned = zip(z, z.dropFirst()).reduce(Complex<Double>.zero) { $0 + $1.0.conjugate * $1.1 }
    return [turned / Complex(max(power, 1e-300))]
  }

  /// The amplitudes a_k, by least squares.
  public static func amplitudes(_ z: [Complex<Double>], _ factors: [Complex<Double>]) -> [Complex<Double>] {
    let count = factors.count
    var gram = SmallMatrix(count) { _, _ in .zero }
    var right = SmallMatrix(count) { _, _ in .zero }
    var powers = [Complex<Double>](repeating: .one, count: count)
    for value in z {
      for row in 0..<count {
        right[row, 0] += powers[row].conjugate * value
        for column in 0..<count { gram[row, column] += powers[row].conjugate * powers[column] }
      }
      for k in 0..<count { powers[k] *= factors[k] }
    }
    let solution = gram.solved(right)
    return (0..<count).map { solution[$0, 0] }
  }

  private static func several(_ z: [Complex<Double>], _ modes: Int) -> [Complex<Double>] {
    let length = min(z.count / 3 + 1, 40)
    var covariance = [Complex<Double>](repeating: .zero, count: length * length)
    for start in 0...z.count - length {
      for row in 0..<length {
        let left = z[start + row]
        for column in 0..<length { covariance[row * length + column] += left * z[start + column].conjugate }
      }
    }
    // The strongest eigenvectors: any start, multiplied again and again, each kept apart from those before it.
    var basis: [[Complex<Double>]] = (0..<modes).map { order in
      (0..<length).map { row in
        Complex(length: 1, phase: 2 * .pi * Double(order * row) / Double(length) + 0.1 * Double(row % 3))
      }
    }
    for _ in 0..<60 {
      for order in basis.indices {
        var next = (0..<length).map { row in
          (0..<length).reduce(Complex<Double>.zero) { $0 + covariance[row * length + $1] * basis[order][$1] }
        }
        for before in basis[..<order] {
          let along = inner(before[...], next[...])
          for row in 0..<length { next[row] -= along * before[row] }
        }
        basis[order] = normalised(next)
      }
    }
    // From one sample to the next: A[1…] = A[…−1]·Φ in the least-squares sense; λ are the eigenvalues of Φ. All are near
    // one: Φ − 1 tells them apart better.
    let gram = SmallMatrix(modes) { inner(basis[$0].dropLast(), basis[$1].dropLast()) }
    let turned = SmallMatrix(modes) { inner(basis[$0].dropLast(), basis[$1].dropFirst()) }
    var turn = gram.solved(turned)
    guard turn.values.allSatisfy(\.isFinite) else { return [] }
    for k in 0..<modes { turn[k, k] -= .one }
    return turn.eigenvalues.map { $0 + .one }
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
