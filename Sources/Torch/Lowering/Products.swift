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
    try TorchConvolution(kernel: kernel(inputs[1].rounded()), stride: stride, dilation: dilation, groups: 1)(
      inputs[0].rounded(), bias: inputs.count > 2 ? inputs[2] : nil)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (dx, dkernel, dbias) = try TorchConvolution(
      kernel: kernel(step.inputs[1].rounded()), stride: stride, dilation: dilation, groups: 1
    ).gradients(step, x: step.inputs[0].rounded(), upstream: step.upstream.rounded())
    return try [dx, dkernel?.permuted(0, 2, 1)] + (step.inputs.count > 2 ? [dbias] : [])
  }

  /// [outputs, taps·channels] as PyTorch's [outputs, channels, taps].
  private func kernel(_ weight: TorchTensor) throws -> TorchTensor {
    let sizes = weight.sizes
    return try weight.viewed([sizes[0], taps, sizes[1] / taps]).permuted(0, 2, 1)
  }
}

extension DepthwiseConvolution: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try convolution(inputs[1])(inputs[0], bias: inputs.count > 2 ? inputs[2] : nil)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (dx, dkernel, dbias) = try convolution(step.inputs[1])
      .gradients(step, x: step.inputs[0], upstream: step.upstream)
    return try [dx, dkernel?.permuted(2, 0, 1)] + (step.inputs.count > 2 ? [dbias] : [])
  }

  /// The weight [taps, channels] is PyTorch's [channels, 1, taps].
  private func convolution(_ weight: TorchTensor) throws -> TorchConvolution {
    let sizes = weight.sizes
    let kernel = try weight.viewed([sizes[1], 1, sizes[0]], strides: [1, 1, sizes[1]])
    return TorchConvolution(kernel: kernel, stride: 1, dilation: dilation, groups: sizes[1])
  }
}

/// PyTorch's convolution over time, with our order of axes: [batch, frames, channels].
private struct TorchConvolution {
  let kernel: TorchTensor, stride: Int, dilation: Int, groups: Int

  func callAsFunction(_ x: TorchTensor, bias: TorchTensor?) throws -> TorchTensor {
    let y = try x.torch(
      "aten::convolution", x.permuted(0, 2, 1), kernel, nothing, [stride], [0], [dilation], false, [0], groups
    ).permuted(0, 2, 1)
    return try bias.map { try y + $0 } ?? y
  }

  /// With respect to x, to the kernel in PyTorch's order, and to the bias, each where it is wanted.
  func gradients(_ step: TorchStep, x: TorchTensor, upstream: TorchTensor) throws
    -> (TorchTensor?, TorchTensor?, TorchTensor?)
  {
    let wanted = [step.wants(0), step.wants(1), false]
    let found = try step.torch.run(
      "aten::convolution_backward",
      [
        upstream.permuted(0, 2, 1), x.permuted(0, 2, 1), kernel, nothing, [stride], [0], [dilation], false, [0], groups,
        wanted,
      ], results: 3)
    let bias =
      step.inputs.count > 2 && step.wants(2)
      ? try step.torch("aten::sum_to_size", step.upstream, step.inputs[2].sizes) : nil
    return (wanted[0] ? try found[0]?.permuted(0, 2, 1) : nil, wanted[1] ? found[1] : nil, bias)
  }
}
