// Planes: convolutions over time and frequency, and what is put around a signal in time.
import Tensors

extension Convolution2d: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try convolution(inputs[1].rounded())(inputs[0].rounded(), bias: inputs.count > 2 ? inputs[2] : nil)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (dx, dkernel, dbias) = try convolution(step.inputs[1].rounded())
      .gradients(step, x: step.inputs[0].rounded(), upstream: step.upstream.rounded())
    return try [dx, dkernel?.permuted(0, 2, 3, 1)] + (step.inputs.count > 2 ? [dbias] : [])
  }

  /// The weight [outputs, row taps·column taps·channels] is PyTorch's [outputs, channels, row taps, column taps].
  private func convolution(_ weight: TorchTensor) throws -> TorchConvolution {
    let sizes = weight.sizes
    let channels = sizes[1] / (taps.rows * taps.columns)
    let kernel = try weight.viewed([sizes[0], taps.rows, taps.columns, channels]).permuted(0, 3, 1, 2)
    return TorchConvolution(
      kernel: kernel, stride: [stride.rows, stride.columns], padding: [padding.rows, padding.columns],
      dilation: [dilation, 1])
  }
}

extension DepthwiseConvolution2d: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try convolution(inputs[1])(inputs[0], bias: nil)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let (dx, dkernel, _) = try convolution(step.inputs[1])
      .gradients(step, x: step.inputs[0], upstream: step.upstream)
    return try [dx, dkernel?.permuted(2, 3, 0, 1)]
  }

  /// The weight [row taps, column taps, channels] is PyTorch's [channels, 1, row taps, column taps].
  private func convolution(_ weight: TorchTensor) throws -> TorchConvolution {
    let sizes = weight.sizes
    let kernel = try weight.viewed([sizes[2], 1, sizes[0], sizes[1]], strides: [1, 1, sizes[1] * sizes[2], sizes[2]])
    return TorchConvolution(
      kernel: kernel, stride: [stride.rows, stride.columns], padding: [padding.rows, padding.columns],
      dilation: [1, 1], groups: sizes[2])
  }
}

extension Padding: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = try inputs[0].permuted(0, 2, 1)
    let frames = x.sizes[2]
    let whole = try lacking(frames) == 0 ? x : torch("aten::pad", x, [0, lacking(frames)], "constant", nothing)
    let padded = try torch("aten::pad", whole, [left, right], mode.name, nothing)
    return try padded.part(2, 0, left + frames + right).permuted(0, 2, 1)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let frames = step.inputs[0].sizes[1]
    let up = try step.upstream.permuted(0, 2, 1)
    if case .zeros = mode { return [try up.part(2, left, frames).permuted(0, 2, 1)] }
    let lacks = lacking(frames)
    let x = try step.inputs[0].permuted(0, 2, 1)
    let whole = try lacks == 0 ? x : torch("aten::pad", x, [0, lacks], "constant", nothing)
    let arriving = try lacks == 0 ? up : torch("aten::pad", up, [0, lacks], "constant", nothing)
    let walk: StaticString =
      if case .reflect = mode { "aten::reflection_pad1d_backward" } else { "aten::replication_pad1d_backward" }
    let back = try torch(walk, arriving.contiguously(), whole, [left, right])
    return [try back.part(2, 0, frames).permuted(0, 2, 1)]
  }

  /// The zeros that a signal too short for its mirror image counts as followed by.
  private func lacking(_ frames: Int) -> Int {
    guard case .reflect = mode else { return 0 }
    return max(0, max(left, right) + 1 - frames)
  }
}

extension Padding.Mode {
  /// PyTorch's word for it.
  fileprivate var name: String {
    switch self {
    case .zeros: "constant"
    case .reflect: "reflect"
    case .replicate: "replicate"
    }
  }
}
