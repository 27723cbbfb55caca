// Rows: softmax and the norms along the last axis, and the means of everything.
import Tensors

extension Softmax: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try torch("aten::_safe_softmax", inputs[0], -1, nothing)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let y = try step.output()
    return [try step.torch("aten::_softmax_backward_data", step.upstream, y, -1, y.type)]
  }
}

extension LogSumExp: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try torch("aten::logsumexp", inputs[0], [-1], true)
  }
}

extension Normalisation: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = inputs[0]
    switch kind {
    case .layer:
      let found = try torch.run(
        "aten::native_layer_norm", [x, [x.sizes.last!], nothing, nothing, Double(epsilon)], results: 3)
      found[0]!.kept = [found[1]!, found[2]!]
      return found[0]!
    case .rootMeanSquare:
      let reciprocal = try torch("aten::rsqrt", (x * x).averaged(-1) + epsilon)
      let y = try x * reciprocal
      y.kept = [reciprocal]
      return y
    }
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let x = step.inputs[0]
    let up = step.upstream
    let y = try step.output()
    // An output that the native kernel made has kept nothing.
    let kept = y.kept.isEmpty ? try lower([x], step.torch).kept : y.kept
    switch kind {
    case .layer:
      return [
        try step.torch.run(
          "aten::native_layer_norm_backward",
          [up, x, [x.sizes.last!], kept[0], kept[1], nothing, nothing, [true, false, false]], results: 3)[0]
      ]
    case .rootMeanSquare:
      // With r = 1/√(mean x² + ε) and y = r·x: dx = r·(up − y·mean(up·y)).
      return [try kept[0] * (up - y * (up * y).averaged(-1))]
    }
  }
}

extension Reduction: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = inputs[0]
    switch kind {
    case .mean: return try torch("aten::mean", x, nothing)
    case .meanSquare: return try torch("aten::mean", x * x, nothing)
    case .meanAbsolute: return try torch("aten::mean", torch("aten::abs", x), nothing)
    }
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let x = step.inputs[0]
    let share = try step.upstream * (1 / Float(x.sizes.reduce(1, *)))
    switch kind {
    case .mean: return [try step.torch("aten::expand", share, x.sizes, false)]
    case .meanSquare: return [try x * (share * 2)]
    case .meanAbsolute: return [try step.torch("aten::sign", x) * share]
    }
  }
}
