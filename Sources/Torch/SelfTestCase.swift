// SelfTestCase: a primitive with inputs on which its two engines are to agree.
import Tensors

public struct SelfTestCase: Sendable {
  public let name: String
  let inputs: [Tensor]
  /// What is not trusted when the case fails.
  let primitives: Set<ObjectIdentifier>
  /// Whether it multiplies matrices, which mixed precision rounds.
  let isProduct: Bool
  /// Inputs that are given, not learned: the last ones.
  let constants: Int
  let operation: @Sendable ([Tensor]) -> Tensor

  package init(
    _ name: String, _ primitives: [any Primitive.Type], _ inputs: [Tensor], isProduct: Bool = false, constants: Int = 0,
    _ operation: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.primitives = Set(primitives.map { ObjectIdentifier($0) })
    self.inputs = inputs
    self.isProduct = isProduct
    self.constants = constants
    self.operation = operation
  }

  /// The result, then the gradient of Σ wᵢ·resultᵢ with respect to every input, for some w.
  func computed() -> [Tensor] {
    let learned = inputs.count - constants
    let leaves = inputs.enumerated().map { index, input in
      let copy = Tensor(input.shape, input.array)
      return index < learned ? copy.tracked : copy
    }
    let result = operation(leaves)
    if learned == 0 { return [result.untracked] }
    let weights = numbers(77, result.shape.count).reshaped(result.shape)
    return [result.untracked]
      + gradients(of: mean(result * weights) * Float(weights.shape.count), for: Array(leaves.prefix(learned)))
  }

  /// Elements first, since the gradients of others are made of them.
  public static var all: [SelfTestCase] { elements + rows + products + layouts + signals + pictures }

  private static var elements: [SelfTestCase] {
    let (a, b) = (numbers(1, 2, 3, 8), numbers(2, 2, 3, 8))
    let positive = a * 0.4 + 1
    return [
      SelfTestCase("product", [Pairing.self], [a, b]) { $0[0] * $0[1] },
      SelfTestCase("sum", [Pairing.self], [a, b]) { $0[0] + $0[1] },
      SelfTestCase("difference", [Pairing.self], [a, b]) { $0[0] - $0[1] },
      SelfTestCase("mean", [Reduction.self], [a]) { mean($0[0]) },
      SelfTestCase("mean square", [Reduction.self], [a]) { meanSquare($0[0]) },
      SelfTestCase("mean absolute", [Reduction.self], [a]) { meanAbsolute($0[0]) },
      SelfTestCase("spread over rows", [Pairing.self, Fold.self], [a, numbers(2, 8)]) { $0[0] * $0[1] },
      SelfTestCase("spread over tokens", [Pairing.self, Fold.self], [a, numbers(2, 2, 1, 8)]) { $0[0] - $0[1] },
      SelfTestCase("affine", [Affine.self], [a]) { $0[0] * 1.5 + 0.25 },
      SelfTestCase("silu", [Activation.self, ActivationGradient.self], [a * 4]) { silu($0[0]) },
      SelfTestCase("gelu", [Activation.self, ActivationGradient.self], [a * 4]) { gelu($0[0]) },
      SelfTestCase("exact gelu", [Activation.self, ActivationGradient.self], [a * 4]) { exactGELU($0[0]) },
      SelfTestCase("elu", [Activation.self, ActivationGradient.self], [a * 4]) { elu($0[0]) },
      SelfTestCase("tanh", [Activation.self, ActivationGradient.self], [a * 2]) { tanh($0[0]) },
      SelfTestCase("exponential", [Elementary.self], [a]) { exp($0[0]) },
      SelfTestCase("logarithm", [Elementary.self, Quotient.self], [a]) { log($0[0], floor: 1e-1) },
      SelfTestCase("sine", [Elementary.self], [a]) { sin($0[0]) },
      SelfTestCase("cosine", [Elementary.self], [a]) { cos($0[0]) },
      SelfTestCase("square root", [Elementary.self, Quotient.self], [positive]) { squareRoot($0[0]) },
      SelfTestCase("modulate", [Modulate.self], [a, numbers(2, 2, 1, 8), numbers(3, 2, 1, 8)]) {
        modulate($0[0], scale: $0[1], shift: $0[2])
      },
      SelfTestCase("gated sum", [GatedSum.self], [a, numbers(2, 2, 1, 8), b]) {
        gatedSum($0[0], gate: $0[1], $0[2])
      },
    ]
  }

  private static var rows: [SelfTestCase] {
    let x = numbers(1, 3, 21)
    return [
      SelfTestCase("softmax", [Softmax.self], [x * 3]) { softmax($0[0]) },
      SelfTestCase("logarithm of a sum of powers", [LogSumExp.self], [x * 3]) { logSumExp($0[0]) },
      SelfTestCase("layer norm", [Normalisation.self], [x]) { layerNorm($0[0]) },
      SelfTestCase("root mean square norm", [Normalisation.self], [x]) { rootMeanSquareNorm($0[0]) },
    ]
  }

  private static var products: [SelfTestCase] {
    let (q, k, v) = (numbers(1, 2, 5, 8) * 3, numbers(2, 2, 7, 8), numbers(3, 2, 7, 8))
    let mask = Tensor(zeros: Shape(5, 7))
    // One query that may look at everything, one at nothing, the rest at some.
    for index in 7..<35 where index < 14 || index % 3 == 0 { mask[index] = -.infinity }
    return [
      SelfTestCase("matrices", [MatMul.self], [numbers(1, 6, 5), numbers(2, 5, 7)], isProduct: true) { MatMul()($0) },
      SelfTestCase("left transposed", [MatMul.self], [numbers(1, 5, 6), numbers(2, 5, 7)], isProduct: true) {
        MatMul(transposedLeft: true)($0)
      },
      SelfTestCase("right transposed", [MatMul.self], [numbers(1, 6, 5), numbers(2, 7, 5)], isProduct: true) {
        MatMul(transposedRight: true)($0)
      },
      SelfTestCase(
        "linear", [LinearMap.self], [numbers(1, 2, 3, 7), numbers(2, 5, 7), numbers(3, 5)], isProduct: true
      ) { LinearMap()($0) },
      SelfTestCase("attention", [Attention.self], [q, k, v], isProduct: true) {
        attention($0[0], $0[1], $0[2], heads: 2)
      },
      SelfTestCase("attention behind a mask", [Attention.self], [q, k, v, mask], isProduct: true, constants: 1) {
        attention($0[0], $0[1], $0[2], mask: $0[3], heads: 2)
      },
      SelfTestCase("rotary", [Rotary.self], [q]) {
        rotary($0[0], positions: Tensor(Shape(5), [0, 1, 5, 6, 70]), heads: 2)
      },
      SelfTestCase(
        "convolution", [Convolution.self], [numbers(1, 2, 11, 3), numbers(2, 5, 12), numbers(3, 5)], isProduct: true
      ) { Convolution(taps: 4)($0) },
      SelfTestCase(
        "convolution, strided and dilated", [Convolution.self], [numbers(1, 2, 17, 3), numbers(2, 5, 9)],
        isProduct: true
      ) { Convolution(taps: 3, stride: 2, dilation: 3)($0) },
      SelfTestCase(
        "depthwise convolution", [DepthwiseConvolution.self],
        [numbers(1, 2, 11, 5), numbers(2, 3, 5), numbers(3, 5)], isProduct: true
      ) { DepthwiseConvolution(dilation: 2)($0) },
      SelfTestCase(
        "depthwise convolution of planes", [DepthwiseConvolution2d.self],
        [numbers(1, 2, 5, 6, 3), numbers(2, 3, 2, 3)], isProduct: true
      ) { DepthwiseConvolution2d(stride: (2, 1), padding: (1, 1))($0) },
      SelfTestCase(
        "recurrence", [Recurrence.self],
        [numbers(1, 2, 4, 12) * 2, numbers(2, 12, 3), numbers(3, 2, 3), numbers(4, 2, 3)]
      ) { Recurrence()($0) },
    ]
  }

  private static var layouts: [SelfTestCase] {
    [
      SelfTestCase("concatenate", [Concatenate.self, Slice.self], [numbers(1, 2, 3, 4), numbers(2, 2, 1, 4)]) {
        concatenate($0, axis: 1)
      },
      SelfTestCase("slice", [Slice.self, Spread.self], [numbers(1, 2, 5, 4)]) {
        $0[0].slice(axis: 1, start: 1, length: 3).slice(axis: 2, start: 1, length: 2)
      },
      SelfTestCase("frames", [Frames.self], [numbers(1, 2, 17)]) { Frames(length: 6, hop: 4)($0) },
      SelfTestCase("overlap-add", [OverlapAdd.self, Frames.self], [numbers(1, 2, 4, 7), numbers(2, 2, 5)]) {
        OverlapAdd(hop: 2)($0)
      },
    ]
  }

  private static var pictures: [SelfTestCase] {
    let x = numbers(1, 2, 7, 9, 3)
    return [
      SelfTestCase("largest of windows", [Pooling2d.self], [x]) {
        Pooling2d(.largest, length: (3, 3), stride: (2, 2), padding: (1, 1))($0[0])
      },
      SelfTestCase("mean of windows", [Pooling2d.self], [x]) {
        Pooling2d(.mean, length: (2, 3), stride: (2, 1))($0[0])
      },
      SelfTestCase("norm over a batch", [BatchNormalisation.self], [x]) { BatchNormalisation()($0[0]) },
      SelfTestCase(
        "mixing", [Mixing.self, MixingGradient.self], [numbers(1, 5, 7), numbers(2, 2, 7, 3)], isProduct: true
      ) {
        Mixing()($0)
      },
    ]
  }

  private static var signals: [SelfTestCase] {
    [
      SelfTestCase("powers", [ShortTimeSpectrum.self], [numbers(1, 2, 75)]) {
        ShortTimeSpectrum(.power, length: 16, hop: 4)($0)
      },
      SelfTestCase("magnitudes", [ShortTimeSpectrum.self], [numbers(1, 2, 300)]) {
        ShortTimeSpectrum(.magnitude(floor: 0.1), length: 64, hop: 16)($0)
      },
      SelfTestCase("band sum", [BandSum.self], [numbers(1, 2, 3, 4, 21), numbers(2, 2, 4, 4)]) { BandSum()($0) },
      SelfTestCase("band energy", [BandEnergy.self], [numbers(1, 2, 3, 4, 21)], constants: 1) {
        BandEnergy(floor: 1e-3)($0)
      },
    ]
  }
}

/// Numbers within ±1, the same every time.
private func numbers(_ seed: UInt64, _ sizes: Int...) -> Tensor {
  let tensor = Tensor(zeros: Shape(sizes))
  RandomWeights(seed: seed).fill("self-test", tensor, initial: .uniform(bound: 1))
  return tensor
}
