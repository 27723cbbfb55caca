// TorchConvolution: PyTorch's convolution, over time or over planes, with our order of axes: channels last.
import Tensors

/// A convolution of [batch, …, channels] with a kernel in PyTorch's order, [outputs, channels, …].
struct TorchConvolution {
  let kernel: TorchTensor
  let stride: [Int], padding: [Int], dilation: [Int]
  let groups: Int

  init(kernel: TorchTensor, stride: [Int], padding: [Int]? = nil, dilation: [Int], groups: Int = 1) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding ?? stride.map { _ in 0 }
    self.dilation = dilation
    self.groups = groups
  }

  func callAsFunction(_ x: TorchTensor, bias: TorchTensor?) throws -> TorchTensor {
    let y = try channelsLast(
      x.torch(
        "aten::convolution", channelsFirst(x), kernel, nothing, stride, padding, dilation, false, none, groups))
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
        channelsFirst(upstream), channelsFirst(x), kernel, nothing, stride, padding, dilation, false, none, groups,
        wanted,
      ], results: 3)
    let bias =
      step.inputs.count > 2 && step.wants(2)
      ? try step.torch("aten::sum_to_size", step.upstream, step.inputs[2].sizes) : nil
    return (wanted[0] ? try found[0].map(channelsLast) : nil, wanted[1] ? found[1] : nil, bias)
  }

  private var none: [Int] { stride.map { _ in 0 } }

  private func channelsFirst(_ x: TorchTensor) throws -> TorchTensor {
    try stride.count == 1 ? x.permuted(0, 2, 1) : x.permuted(0, 3, 1, 2)
  }

  private func channelsLast(_ x: TorchTensor) throws -> TorchTensor {
    try stride.count == 1 ? x.permuted(0, 2, 1) : x.permuted(0, 2, 3, 1)
  }
}
