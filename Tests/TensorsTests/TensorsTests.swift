import Tensors
// Operations: each against finite differences, and inside a Program bit for bit.
import Testing

struct Operations {
  static let cases: [(name: String, inputs: [Tensor], operation: @Sendable ([Tensor]) -> Tensor)] = [
    ("sum", [sample(2, 3, 4), sample(2, 3, 4, seed: 2)], { $0[0] + $0[1] }),
    ("sum spread over rows", [sample(2, 3, 4), sample(4, seed: 2)], { $0[0] + $0[1] }),
    ("difference spread over tokens", [sample(2, 3, 4), sample(2, 1, 4, seed: 2)], { $0[0] - $0[1] }),
    ("product", [sample(2, 3, 4), sample(2, 3, 4, seed: 2)], { $0[0] * $0[1] }),
    ("product spread over columns", [sample(2, 3, 4), sample(2, 3, 1, seed: 2)], { $0[0] * $0[1] }),
    ("product of a column and a row", [sample(3, 1), sample(1, 5, seed: 2)], { $0[0] * $0[1] }),
    ("affine", [sample(3, 5)], { $0[0] * 1.5 + 0.25 }),
    ("silu", [sample(3, 33) * 4], { silu($0[0]) }),
    ("gelu", [sample(3, 33) * 4], { gelu($0[0]) }),
    ("exact gelu", [sample(3, 33) * 4], { exactGELU($0[0]) }),
    ("elu", [sample(3, 33) * 4], { elu($0[0]) }),
    ("tanh", [sample(3, 33) * 2], { tanh($0[0]) }),
    ("relu", [sample(3, 33)], { relu($0[0]) }),
    ("leaky relu", [sample(3, 33)], { leakyReLU($0[0]) }),
    ("exp", [sample(3, 5)], { exp($0[0]) }),
    ("log", [sample(3, 5) * 0.4 + 1], { log($0[0], floor: 1e-5) }),
    ("sine", [sample(3, 5)], { sin($0[0]) }),
    ("cosine", [sample(3, 5)], { cos($0[0]) }),
    ("square root", [sample(3, 5) * 0.4 + 1], { squareRoot($0[0]) }),
    ("linear", [sample(2, 3, 7), sample(5, 7, seed: 2), sample(5, seed: 3)], { LinearMap()($0) }),
    ("linear without bias", [sample(4, 7), sample(35, 7, seed: 2)], { LinearMap()($0) }),
    ("product of matrices", [sample(3, 4), sample(4, 5, seed: 2)], { MatMul()($0) }),
    ("left transposed", [sample(4, 3), sample(4, 5, seed: 2)], { MatMul(transposedLeft: true)($0) }),
    ("right transposed", [sample(3, 4), sample(5, 4, seed: 2)], { MatMul(transposedRight: true)($0) }),
    (
      "both transposed", [sample(4, 3), sample(5, 4, seed: 2)],
      { MatMul(transposedLeft: true, transposedRight: true)($0) }
    ),
    ("softmax", [sample(3, 21) * 3], { softmax($0[0]) }),
    ("logarithm of a sum of powers", [sample(3, 21) * 3], { logSumExp($0[0]) }),
    ("layer norm", [sample(3, 21)], { layerNorm($0[0]) }),
    ("root mean square norm", [sample(3, 21)], { rootMeanSquareNorm($0[0]) }),
    (
      "attention", [sample(2, 5, 8), sample(2, 7, 8, seed: 2), sample(2, 7, 8, seed: 3)],
      { attention($0[0] * 3, $0[1] * 3, $0[2], heads: 2) }
    ),
    ("rotary", [sample(2, 3, 8)], { rotary($0[0], positions: Tensor(Shape(3), [0, 1, 5]), heads: 2) }),
    (
      "modulate", [sample(2, 3, 4), sample(2, 1, 4, seed: 2), sample(2, 1, 4, seed: 3)],
      { modulate($0[0], scale: $0[1], shift: $0[2]) }
    ),
    (
      "gated sum", [sample(2, 3, 4), sample(2, 1, 4, seed: 2), sample(2, 3, 4, seed: 3)],
      { gatedSum($0[0], gate: $0[1], $0[2]) }
    ),
    ("reshape", [sample(2, 6)], { silu($0[0].reshaped(3, 4)) }),
    ("concatenate", [sample(2, 3, 4), sample(2, 1, 4, seed: 2)], { concatenate($0, axis: 1) }),
    ("slice", [sample(2, 5, 4)], { $0[0].slice(axis: 1, start: 1, length: 3) }),
    ("slice of columns", [sample(2, 5, 4)], { $0[0].slice(axis: 2, start: 2, length: 2) }),
    ("mean", [sample(2, 5)], { mean($0[0]) }),
    ("mean square", [sample(2, 5)], { meanSquare($0[0]) }),
    ("mean absolute", [sample(2, 5)], { meanAbsolute($0[0]) }),
    ("one tensor used twice", [sample(2, 5)], { $0[0] * silu($0[0]) + $0[0] }),
  ]

  @Test(arguments: cases.indices) func gradient(_ index: Int) {
    checkGradient(Self.cases[index].inputs, Self.cases[index].operation)
  }

  @Test(arguments: cases.indices) func program(_ index: Int) {
    checkProgram(Self.cases[index].inputs, Self.cases[index].operation)
  }

  @Test func maskedAttentionLooksNowhereElse() {
    let mask = Tensor(repeating: -.infinity, Shape(3, 4))
    mask[0] = 0
    let q = sample(1, 3, 4)
    let k = sample(1, 4, 4, seed: 2)
    let v = sample(1, 4, 4, seed: 3)
    let y = attention(q, k, v, mask: mask, heads: 2)
    #expect(Array(y.array[0..<4]) == Array(v.array[0..<4]))
    #expect(Array(y.array[4...]) == Array(repeating: 0, count: 8))
    checkGradient([q, k, v]) { attention($0[0], $0[1], $0[2], mask: mask, heads: 2) }
  }

  @Test func aPackedWeightGivesTheSameAsAnUnpackedOne() {
    let x = sample(5, 300)
    let weight = sample(70, 300, seed: 2)
    let bias = sample(70, seed: 3)
    let expected = LinearMap()(x, weight, bias)
    for (precision, bound) in [(Precision.float32, Float(2e-5)), (.bfloat16, 0.1)] {
      let input = x.tracked
      let program = Program(inputs: [input], outputs: [LinearMap()(input, weight, bias)], precision: precision)
      program.run()
      for index in 0..<expected.shape.count { #expect(abs(program.outputs[0].data[index] - expected[index]) < bound) }
    }
  }
}
