// Products: what multiplies matrices. In bfloat16 runs these round their inputs; what comes out is float32 again.
import Tensors

extension LinearMap: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let y = try torch("aten::linear", inputs[0].rounded(), inputs[1].rounded(), nothing)
    return inputs.count == 2 ? y : try y + inputs[2]
  }
}

extension MatMul: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let (a, b) = try (inputs[0].rounded(), inputs[1].rounded())
    return try torch("aten::mm", transposedLeft ? a.permuted(1, 0) : a, transposedRight ? b.permuted(1, 0) : b)
  }
}

extension Convolution: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let y = try torch(
      "aten::convolution", inputs[0].rounded().permuted(0, 2, 1), kernel(inputs[1].rounded()), nothing, [stride], [0],
      [dilation], false, [0], 1
    ).permuted(0, 2, 1)
    return inputs.count == 2 ? y : try y + inputs[2]
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (x, weight) = (step.inputs[0], step.inputs[1])
    let found = try step.torch.run(
      "aten::convolution_backward",
      [
        step.upstream.rounded().permuted(0, 2, 1), x.rounded().permuted(0, 2, 1), kernel(weight.rounded()), nothing,
        [stride], [0], [dilation], false, [0], 1, [step.wants(0), step.wants(1), false],
      ], results: 3)
    var results = [
      step.wants(0) ? try found[0]?.permuted(0, 2, 1) : nil, step.wants(1) ? try found[1]?.permuted(0, 2, 1) : nil,
    ]
    if step.inputs.count > 2 { results.append(try step.biasGradient(2)) }
    return results
  }

  /// [outputs, taps·channels] as PyTorch's [outputs, channels, taps].
  private func kernel(_ weight: TorchTensor) throws -> TorchTensor {
    let sizes = weight.sizes
    return try weight.viewed([sizes[0], taps, sizes[1] / taps]).permuted(0, 2, 1)
  }
}

extension DepthwiseConvolution: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let y = try torch(
      "aten::convolution", inputs[0].permuted(0, 2, 1), kernel(inputs[1]), nothing, [1], [0], [dilation], false, [0],
      inputs[0].sizes[2]
    ).permuted(0, 2, 1)
    return inputs.count == 2 ? y : try y + inputs[2]
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (x, weight) = (step.inputs[0], step.inputs[1])
    let found = try step.torch.run(
      "aten::convolution_backward",
      [
        step.upstream.permuted(0, 2, 1), x.permuted(0, 2, 1), kernel(weight), nothing, [1], [0], [dilation], false, [0],
        x.sizes[2], [step.wants(0), step.wants(1), false],
      ], results: 3)
    var results = [
      step.wants(0) ? try found[0]?.permuted(0, 2, 1) : nil, step.wants(1) ? try found[1]?.permuted(2, 0, 1) : nil,
    ]
    if step.inputs.count > 2 { results.append(try step.biasGradient(2)) }
    return results
  }

  /// [taps, channels] as PyTorch's [channels, 1, taps].
  private func kernel(_ weight: TorchTensor) throws -> TorchTensor {
    let sizes = weight.sizes
    return try weight.viewed([sizes[1], 1, sizes[0]], strides: [1, 1, sizes[1]])
  }
}

extension TorchStep {
  /// Of what was added to every row.
  fileprivate func biasGradient(_ index: Int) throws -> TorchTensor? {
    wants(index) ? try torch("aten::sum_to_size", upstream, inputs[index].sizes) : nil
  }
}
