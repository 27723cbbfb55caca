// Recurrent: long short-term memory, frame after frame: PyTorch's own operator gives no trace to walk back on.
import Tensors

extension Recurrence: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let s = inputs[0].sizes
    let n = s[2] / 4
    let transposed = try inputs[1].permuted(1, 0).contiguously()
    var (h, c) = (inputs[2], inputs[3])
    var frames: [TorchTensor] = []
    for t in 0..<s[1] {
      let a = try inputs[0].frame(t) + torch("aten::mm", h, transposed)
      let gates = try torch("aten::sigmoid", a.part(1, 0, 2 * n))
      let g = try torch("aten::tanh", a.part(1, 2 * n, n))
      let o = try torch("aten::sigmoid", a.part(1, 3 * n, n))
      c = try gates.part(1, n, n) * c + gates.part(1, 0, n) * g
      h = try o * torch("aten::tanh", c)
      frames.append(try torch("aten::cat", [gates, g, o, c, h], 1))
    }
    return try torch("aten::stack", frames, 1)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let s = step.inputs[0].sizes
    let n = s[2] / 4
    let weight = step.inputs[1]
    let trace = try step.output()
    var (dh, dc) = try (
      torch("aten::zeros_like", step.inputs[2], nothing, nothing, nothing, nothing, nothing),
      torch("aten::zeros_like", step.inputs[3], nothing, nothing, nothing, nothing, nothing)
    )
    var frames: [TorchTensor] = []
    for t in (0..<s[1]).reversed() {
      let (now, up) = try (trace.frame(t), step.upstream.frame(t))
      func gate(_ index: Int) throws -> TorchTensor { try now.part(1, index * n, n) }
      let (i, f, g, o) = try (gate(0), gate(1), gate(2), gate(3))
      let before = t == 0 ? step.inputs[3] : try trace.frame(t - 1).part(1, 4 * n, n)
      let squashed = try torch("aten::tanh", gate(4))
      let toHidden = try dh + up.part(1, 5 * n, n)
      let toCell = try dc + up.part(1, 4 * n, n) + torch("aten::tanh_backward", toHidden * o, squashed)
      func through(_ slope: TorchTensor, _ gate: TorchTensor, _ index: Int) throws -> TorchTensor {
        let all = try slope + up.part(1, index * n, n)
        return index == 2
          ? try torch("aten::tanh_backward", all, gate) : try torch("aten::sigmoid_backward", all, gate)
      }
      let da = try torch(
        "aten::cat",
        [
          through(toCell * g, i, 0), through(toCell * before, f, 1), through(toCell * i, g, 2),
          through(toHidden * squashed, o, 3),
        ], 1)
      dh = try torch("aten::mm", da, weight)
      dc = try toCell * f
      frames.append(da)
    }
    let dprojected = try torch("aten::stack", Array(frames.reversed()), 1)
    return [dprojected, step.wants(1) ? try toWeight(step, trace, dprojected, n) : nil, dh, dc]
  }

  /// Σ dprojectedᵀ·h₋₁.
  private func toWeight(_ step: TorchStep, _ trace: TorchTensor, _ dprojected: TorchTensor, _ n: Int) throws
    -> TorchTensor
  {
    let s = step.inputs[0].sizes
    let first = try step.inputs[2].viewed([s[0], 1, n])
    let earlier = try trace.part(1, 0, s[1] - 1).part(2, 5 * n, n)
    let before = try step.torch("aten::cat", [first, earlier], 1).viewed([s[0] * s[1], n])
    return try step.torch("aten::mm", dprojected.viewed([s[0] * s[1], 4 * n]).permuted(1, 0), before)
  }
}

extension TorchTensor {
  /// [batch, frames, width] at one frame: [batch, width].
  fileprivate func frame(_ t: Int) throws -> TorchTensor {
    let s = sizes
    return try viewed([s[0], s[2]], strides: [s[1] * s[2], 1], offset: t * s[2])
  }
}
