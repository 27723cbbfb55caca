// LinearMap: the product with a weight, and a bias. As a constant the weight is packed once, in f32 or bf16.
import Kernels

/// y = x·weightᵀ + bias. x is [..., inputs], weight [outputs, inputs], bias [outputs]; y is [..., outputs].
public struct LinearMap: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    let x = inputs[0]
    let weight = inputs[1]
    precondition(weight.rank == 2 && x.width == weight[1], "linear map \(weight) of \(x)")
    precondition(inputs.count == 2 || inputs[2] == Shape(weight[0]), "bias \(inputs.last!) of \(weight)")
    return x.with(-1, weight[0])
  }

  public func run(_ inputs: Views, _ output: View) {
    let rows = inputs[0].shape.rows
    let n = inputs[1].shape[0]
    let k = inputs[1].shape[1]
    fp_gemm(false, true, rows, n, k, inputs[0].data, k, inputs[1].data, k, output.data, n, false)
    if inputs.count == 3 { for row in 0..<rows { fp_accumulate(n, inputs[2].data, output.data + row * n) } }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    var results: [Tensor?] = [
      step.wants(0) ? MatMul()(up.flattenedRows, weight).reshaped(x.shape) : nil,
      step.wants(1) ? MatMul(transposedLeft: true)(up.flattenedRows, x.flattenedRows) : nil,
    ]
    if step.inputs.count == 3 { results.append(step.wants(2) ? fold(up.flattenedRows, to: step.inputs[2].shape) : nil) }
    return results
  }

  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? {
    guard let weight = constants[1], constants.count == 2 || constants[2] != nil else { return nil }
    return PackedLinearMap(weight: weight, bias: constants.count == 3 ? constants[2] : nil, precision: precision)
  }
}

/// The same with the weight in panels.
struct PackedLinearMap: Primitive {
  let outputs: Int, inputs: Int
  let packed: PackedWeight
  let bias: Tensor?

  init(weight: Tensor, bias: Tensor?, precision: Precision) {
    outputs = weight.shape[0]
    inputs = weight.shape[1]
    packed = PackedWeight.of(weight, precision: precision)
    self.bias = bias
  }

  func shape(_ inputs: [Shape]) -> Shape { inputs[0].with(-1, outputs) }

  func run(_ views: Views, _ output: View) {
    fp_linear(
      packed.type, views[0].shape.rows, outputs, inputs, views[0].data, inputs, packed.data, bias?.data, fp_identity,
      output.data, outputs)
  }

  func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("a packed weight is constant") }
}
