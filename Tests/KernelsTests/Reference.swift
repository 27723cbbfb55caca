// What the tests measure against: products in double precision with their own rounding bounds, and repeatable inputs.
// Inputs come from a small generator of the tests' own, so that a fault in the kernels' generator cannot hide.
import Kernels

/// Numbers in −1…1 that are the same at every run.
func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int32(truncatingIfNeeded: state >> 16)) * 0x1p-31
  }
}

/// Runs the body with each set of instructions that this machine has, and leaves the thread with the best.
func withEachInstructionLevel(_ body: (fp_instructions) throws -> Void) rethrows {
  var best = fp_portable
  defer { _ = fp_select_instructions(best) }
  for level in [fp_portable, fp_avx2, fp_avx512] where fp_select_instructions(level) {
    best = level
    try body(level)
  }
}

/// A product to compute: c[m,n] (+)= a·b, each matrix in rows of its own stride.
struct Product {
  var m, n, k: Int
  var transposeA = false
  var transposeB = false
  var lda: Int
  var ldb: Int
  var ldc: Int
  var accumulate = false

  /// Rows lie `padding` elements apart.
  init(_ m: Int, _ n: Int, _ k: Int, a transposeA: Bool = false, b transposeB: Bool = false, padding: Int = 0) {
    (self.m, self.n, self.k, self.transposeA, self.transposeB) = (m, n, k, transposeA, transposeB)
    lda = (transposeA ? m : k) + padding
    ldb = (transposeB ? k : n) + padding
    ldc = n + padding
  }

  var a: [Float] { noise(max(1, (transposeA ? k : m) * lda + k), seed: 3) }
  var b: [Float] { noise(max(1, (transposeB ? n : k) * ldb), seed: 5) }
  var c: [Float] { noise(max(1, m * ldc), seed: 7) }

  func callAsFunction(_ a: [Float], _ b: [Float], into c: [Float]) -> [Float] {
    var c = c
    fp_gemm(transposeA, transposeB, m, n, k, a, lda, b, ldb, &c, ldc, accumulate)
    return c
  }

  /// The element (i, j) in double precision, and the sum of magnitudes that bounds its rounding error.
  func element(_ i: Int, _ j: Int, _ a: [Float], _ b: [Float], _ c: [Float]) -> (value: Double, magnitude: Double) {
    var value = accumulate ? Double(c[i * ldc + j]) : 0
    var magnitude = value.magnitude
    for q in 0..<k {
      let product =
        Double(a[transposeA ? q * lda + i : i * lda + q]) * Double(b[transposeB ? j * ldb + q : q * ldb + j])
      value += product
      magnitude += product.magnitude
    }
    return (value, magnitude)
  }

  /// The first element that is further from the truth than k roundings can take it, or that should not have changed.
  func fault(in result: [Float], _ a: [Float], _ b: [Float], _ c: [Float]) -> String? {
    for i in 0..<m {
      for j in 0..<ldc {
        let found = result[i * ldc + j]
        guard j < n else {
          if found != c[i * ldc + j] { return "\(self) wrote outside its columns at [\(i), \(j)]" }
          continue
        }
        let (value, magnitude) = element(i, j, a, b, c)
        let bound = Double(k + 1) * 0x1p-24 * magnitude
        if !((Double(found) - value).magnitude <= bound) { return "\(self) [\(i), \(j)]: \(found), not \(value)" }
      }
    }
    return nil
  }
}
