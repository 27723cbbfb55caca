// Layouts: what moves values about. A reshape is a view and never gets here.
import Tensors

extension Concatenate: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor { try torch("aten::cat", inputs, axis) }
}

extension Slice: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try inputs[0].part(axis, start, length)
  }
}

extension Spread: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    var sizes = inputs[0].sizes
    let along = axis < 0 ? sizes.count + axis : axis
    let end = start + sizes[along]
    sizes[along] = length
    return try torch("aten::slice_backward", inputs[0], sizes, along, start, end, 1)
  }
}

extension Frames: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor { try inputs[0].framed(length, hop) }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    [try step.upstream.overlapped(samples: step.inputs[0].sizes[1], hop)]
  }
}

extension OverlapAdd: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let s = inputs[0].sizes
    let samples = (s[1] - 1) * hop + s[2]
    let y = try inputs[0].overlapped(samples: samples, hop)
    let kept = inputs[1].sizes[1]
    return kept == 0 ? y : try y + torch("aten::slice_backward", inputs[1], [s[0], samples], 1, 0, kept, 1)
  }
}

extension TorchTensor {
  /// [batch, samples] looked at as [batch, frames, length], in the same memory.
  func framed(_ length: Int, _ hop: Int) throws -> TorchTensor {
    let s = sizes
    return try viewed([s[0], (s[1] - length) / hop + 1, length], strides: [s[1], hop, 1])
  }

  /// [batch, frames, length] added up to [batch, samples].
  func overlapped(samples: Int, _ hop: Int) throws -> TorchTensor {
    let s = sizes
    return try torch("aten::unfold_backward", self, [s[0], samples], 1, s[2], hop)
  }
}
