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
    try TorchConvolution(kernel: kernel(inputs[1].rounded()), stride: [stride], dilation: [dilation])(
      inputs[0].rounded(), bias: inputs.count > 2 ? inputs[2] : nil)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (dx, dkernel, dbias) = try TorchConvolution(
      kernel: kernel(step.inputs[1].rounded()), stride: [stride], dilation: [dilation]
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
    return TorchConvolution(kernel: kernel, stride: [1], dilation: [dilation], groups: sizes[1])
  }
}
