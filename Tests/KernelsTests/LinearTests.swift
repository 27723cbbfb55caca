// Packed weights: the layout keeps every weight, bf16 rounds as it should, and bias and activation come after the sum.
import Kernels
import Testing

/// A weight [n, k] in the kernels' own layout, 64-byte aligned.
final class Packed {
  let memory: UnsafeMutableRawPointer
  let type: fp_type
  let n, k: Int

  init(_ type: fp_type, n: Int, k: Int, _ weight: [Float]) {
    (self.type, self.n, self.k) = (type, n, k)
    memory = .allocate(byteCount: max(64, fp_packed_bytes(type, n, k)), alignment: 64)
    fp_pack(type, n, k, weight, memory)
  }
  deinit { memory.deallocate() }

  func callAsFunction(
    _ a: [Float], rows: Int, lda: Int, bias: [Float]? = nil, _ activation: fp_activation = fp_identity
  ) -> [Float] {
    var c = [Float](repeating: .nan, count: rows * n)
    fp_linear(type, rows, n, k, a, lda, memory, bias, activation, &c, n)
    return c
  }
}

/// Round to nearest, ties to even, in 16 bits: what bf16 storage does to a weight.
func roundedToBF16(_ x: Float) -> Float {
  let below = Float(bitPattern: x.bitPattern & 0xFFFF_0000)
  let above = Float(bitPattern: (x.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
  let (down, up) = ((x - below).magnitude, (above - x).magnitude)
  if down == up { return below.bitPattern & 0x1_0000 == 0 ? below : above }
  return down < up ? below : above
}

@Suite struct LinearTests {
  @Test(arguments: ProductTests.shapes)
  func f32IsTheProductBitForBit(m: Int, n: Int, k: Int) {
    withEachInstructionLevel { level in
      let product = Product(m, n, k, b: true)
      let (a, b) = (product.a, product.b)
      let found = Packed(fp_f32, n: n, k: k, b)(a, rows: m, lda: k)
      let fault = product.fault(in: found, a, b, found)
      #expect(fault == nil, "instructions \(level.rawValue)")
      #expect(found == product(a, b, into: found), "instructions \(level.rawValue)")
    }
  }

  @Test(arguments: ProductTests.shapes)
  func bf16IsTheProductOfRoundedWeights(m: Int, n: Int, k: Int) {
    withEachInstructionLevel { level in
      let product = Product(m, n, k, b: true)
      let (a, b) = (product.a, product.b)
      let found = Packed(fp_bf16, n: n, k: k, b)(a, rows: m, lda: k)
      #expect(found == product(a, b.map(roundedToBF16), into: found), "instructions \(level.rawValue)")
    }
  }

  /// Rounding takes at most half of the eighth bit of each weight.
  @Test func bf16IsNearTheUnroundedProduct() {
    let product = Product(6, 70, 500, b: true)
    let (a, b) = (product.a, product.b)
    let found = Packed(fp_bf16, n: 70, k: 500, b)(a, rows: 6, lda: 500)
    var worst = 0.0
    for i in 0..<6 {
      for j in 0..<70 {
        let (value, magnitude) = product.element(i, j, a, b, found)
        worst = max(worst, (Double(found[i * 70 + j]) - value).magnitude / magnitude)
      }
    }
    #expect(worst < 0x1p-8)
    #expect(worst > 0x1p-16, "the weights were not rounded at all")
  }

  @Test func bf16KeepsWhatIsNoOrdinaryNumber() {
    let weights: [Float] = [.infinity, -.infinity, .nan, .greatestFiniteMagnitude, 0x1p-130, -0.0]
    let found = Packed(fp_bf16, n: 6, k: 1, weights)([1], rows: 1, lda: 1)
    #expect(found[0] == .infinity && found[1] == -.infinity && found[2].isNaN)
    #expect(found[3] == .infinity, "the nearest in 16 bits is beyond the largest")
    #expect(found[4] == 0x1p-130 && found[5] == 0)
  }

  @Test(arguments: [fp_f32, fp_bf16])
  func bitsDoNotDependOnTheNumberOfRows(type: fp_type) {
    withEachInstructionLevel { level in
      let (m, n, k) = (250, 70, 301)
      let product = Product(m, n, k, b: true)
      let a = product.a
      let linear = Packed(type, n: n, k: k, product.b)
      let bias = noise(n, seed: 11)
      let whole = linear(a, rows: m, lda: k, bias: bias, fp_gelu)
      for rows in 1...14 {
        for first in stride(from: 0, through: m - rows, by: rows) {
          let part = linear(Array(a[(first * k)...]), rows: rows, lda: k, bias: bias, fp_gelu)
          #expect(part == Array(whole[first * n..<(first + rows) * n]), "\(rows) rows, instructions \(level.rawValue)")
        }
      }
    }
  }

  @Test func rowsMayOverlap() {
    withEachInstructionLevel { _ in
      let (m, n, k, step) = (40, 33, 28, 4)
      let signal = noise(m * step + k, seed: 13)
      let linear = Packed(fp_f32, n: n, k: k, noise(n * k))
      let copied = (0..<m).flatMap { signal[$0 * step..<$0 * step + k] }
      #expect(linear(signal, rows: m, lda: step) == linear(copied, rows: m, lda: k))
    }
  }

  @Test(arguments: [fp_identity, fp_silu, fp_gelu, fp_elu, fp_tanh])
  func biasAndActivationFollowTheSum(activation: fp_activation) {
    withEachInstructionLevel { _ in
      let (m, n, k) = (7, 45, 12)
      let a = noise(m * k)
      let bias = noise(n, seed: 17)
      let linear = Packed(fp_f32, n: n, k: k, noise(n * k, seed: 19))
      var expected = linear(a, rows: m, lda: k)
      for i in expected.indices { expected[i] += bias[i % n] }
      let sums = expected
      fp_activate(activation, expected.count, sums, &expected)
      #expect(linear(a, rows: m, lda: k, bias: bias, activation) == expected)
    }
  }
}
