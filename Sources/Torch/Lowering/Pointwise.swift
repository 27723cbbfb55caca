// Pointwise: what is computed element by element, spread over each other where needed.
import Tensors

extension Activation: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = inputs[0]
    switch kind {
    case .identity: return try x.cloned()
    case .silu: return try torch("aten::silu", x)
    case .gelu: return try torch("aten::gelu", x, "tanh")
    case .exactGELU: return try torch("aten::gelu", x, "none")
    case .elu: return try torch("aten::relu", x) + torch("aten::expm1", below(x, torch))
    case .tanh: return try torch("aten::tanh", x)
    case .relu: return try torch("aten::relu", x)
    case .leakyReLU: return try torch("aten::relu", x) + below(x, torch) * 0.2
    }
  }
}

extension ActivationGradient: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let (x, up) = (inputs[0], inputs[1])
    switch kind {
    case .identity: return try up.cloned()
    case .silu: return try torch("aten::silu_backward", up, x)
    case .gelu: return try torch("aten::gelu_backward", up, x, "tanh")
    case .exactGELU: return try torch("aten::gelu_backward", up, x, "none")
    case .elu: return try up * torch("aten::exp", below(x, torch))
    case .tanh: return try torch("aten::tanh_backward", up, torch("aten::tanh", x))
    case .relu: return try torch("aten::where.self", above(x, torch), up, torch.number(0))
    case .leakyReLU: return try torch("aten::where.self", above(x, torch), up, up * 0.2)
    }
  }
}

/// Whether x > 0.
private func above(_ x: TorchTensor, _ torch: Torch) throws -> TorchTensor {
  try torch("aten::gt.Tensor", x, torch.number(0))
}

/// min(x, 0).
private func below(_ x: TorchTensor, _ torch: Torch) throws -> TorchTensor {
  try torch("aten::clamp_max.Tensor", x, torch.number(0))
}

extension Affine: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let scaled = scale == 1 ? inputs[0] : try inputs[0] * scale
    return offset == 0 ? scaled : try scaled + offset
  }
}

extension Elementary: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = inputs[0]
    switch kind {
    case .exponential: return try torch("aten::exp", x)
    case .logarithm(let floor): return try torch("aten::log", torch("aten::clamp_min.Tensor", x, torch.number(floor)))
    case .sine: return try torch("aten::sin", x)
    case .cosine: return try torch("aten::cos", x)
    case .squareRoot: return try torch("aten::sqrt", torch("aten::relu", x))
    }
  }
}

extension Quotient: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let isAbove = try torch("aten::gt.Tensor", inputs[1], torch.number(floor))
    return try torch("aten::where.self", isAbove, inputs[0] / inputs[1], torch.number(0))
  }
}

extension Pairing: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    switch kind {
    case .sum: try inputs[0] + inputs[1]
    case .difference: try inputs[0] - inputs[1]
    case .product: try inputs[0] * inputs[1]
    }
  }
}

extension Fold: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try torch("aten::sum_to_size", inputs[0], target.array)
  }
}

extension Modulate: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try inputs[0] * (inputs[1] + 1) + inputs[2]
  }
}

extension GatedSum: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try inputs[0] + inputs[1] * inputs[2]
  }
}
