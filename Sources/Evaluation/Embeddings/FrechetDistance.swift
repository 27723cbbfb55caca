// FrechetDistance: how far two clouds of embeddings lie apart, each taken for a Gaussian. With VGGish's embeddings it is
// known as FAD (Kilgour and others 2019), with those of PANNs' Cnn14 as FD (Liu and others 2023, AudioLDM).

/// |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½), never below 0.
///
/// Fréchet 1957; Dowson and Landau 1982. With Σ = RᵀR the eigenvalues of Σ₁Σ₂ that are not 0 are those of the symmetric
/// M·Mᵀ, M = R₁R₂ᵀ, so that tr (Σ₁Σ₂)^½ = Σ √λ: nothing becomes complex, and fewer points than dimensions need no care, where
/// others take the root of a product that is not symmetric and correct what comes out.
public func frechetDistance(_ one: Gaussian, _ other: Gaussian) throws(MetricError) -> Double {
  guard one.width == other.width else {
    throw MetricError("expected embeddings of one width, found \(one.width) and \(other.width)")
  }
  let (small, large) = one.rank <= other.rank ? (one, other) : (other, one)
  let common = products(small.root, large.root, small.width)
  // Without variance there is nothing in common.
  let squares =
    common.isEmpty
    ? [] : symmetricEigenvalues(products(common, common, large.rank), size: small.rank)
  let between = zip(one.mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  // What is 0 comes out as rounding, whose root would not be small.
  let least = Double(squares.count) * 0x1p-52 * (squares.max() ?? 0)
  let shared = squares.reduce(0) { $1 > least ? $0 + $1.squareRoot() : $0 }
  return max(0, between + one.trace + other.trace - 2 * shared)
}

/// The same of the embeddings themselves. Sets with many clips twice count as other sets: give each clip once.
public func frechetDistance(_ one: Embeddings, _ other: Embeddings) throws(MetricError) -> Double {
  try frechetDistance(Gaussian(one), Gaussian(other))
}

/// A·Bᵀ of rows of a width.
private func products(_ a: [Double], _ b: [Double], _ width: Int) -> [Double] {
  let (rows, columns) = (a.count / width, b.count / width)
  return [Double](unsafeUninitializedCapacity: rows * columns) { result, used in
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        for row in 0..<rows {
          for column in 0..<columns {
            result[row * columns + column] = dot(a.baseAddress! + row * width, b.baseAddress! + column * width, width)
          }
        }
      }
    }
    used = rows * columns
  }
}
