// Modulation: the two fused forms by which a condition steers a layer: scale and shift, and a gated sum.
import Kernels

/// y = x·(1 + scale) + shift. x is [batch, tokens, width], scale and shift [batch, 1, width].
public struct Modulate: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(isSteering(inputs[1], inputs[0]) && inputs[1] == inputs[2], "modulate \(inputs)")
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    let rows = output.shape[1]
    let width = output.shape[2]
    for batch in 0..<output.shape[0] {
      let at = batch * rows * width
      fp_modulate(
        rows, width, inputs[0].data + at, inputs[1].data + batch * width, inputs[2].data + batch * width,
        output.data + at)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let scale = step.inputs[1]
    let up = step.upstream
    return [
      step.wants(0) ? Modulate()(up, scale, Tensor(zeros: scale.shape)) : nil,
      step.wants(1) ? fold(up * x, to: scale.shape) : nil,
      step.wants(2) ? fold(up, to: scale.shape) : nil,
    ]
  }
}

/// y = x + gate·h. x and h are [batch, tokens, width], gate [batch, 1, width].
public struct GatedSum: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(isSteering(inputs[1], inputs[0]) && inputs[2] == inputs[0], "gated sum \(inputs)")
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    let rows = output.shape[1]
    let width = output.shape[2]
    for batch in 0..<output.shape[0] {
      let at = batch * rows * width
      fp_gated_sum(
        rows, width, inputs[0].data + at, inputs[1].data + batch * width, inputs[2].data + at, output.data + at)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let gate = step.inputs[1]
    let h = step.inputs[2]
    let up = step.upstream
    return [
      up, step.wants(1) ? fold(up * h, to: gate.shape) : nil, step.wants(2) ? up * gate : nil,
    ]
  }
}

private func isSteering(_ steer: Shape, _ x: Shape) -> Bool {
  x.rank == 3 && steer == Shape(x[0], 1, x[2])
}

public func modulate(_ x: Tensor, scale: Tensor, shift: Tensor) -> Tensor { Modulate()(x, scale, shift) }
public func gatedSum(_ x: Tensor, gate: Tensor, _ h: Tensor) -> Tensor { GatedSum()(x, gate, h) }
