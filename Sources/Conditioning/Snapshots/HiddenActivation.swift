// HiddenActivation: the non-linearity between the two layers of a feed-forward network, under the names of Hugging Face.
import Tensors

/// gelu = x·Φ(x); gelu_new is its tanh form; quick_gelu = x·σ(1.702·x); silu = x·σ(x); relu = max(x, 0).
public enum HiddenActivation: String, Sendable, CaseIterable {
  case gelu
  case geluNew = "gelu_new"
  case geluTanh = "gelu_pytorch_tanh"
  case quickGELU = "quick_gelu"
  case silu, swish, relu

  static let names = allCases.map(\.rawValue)

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu: exactGELU(x)
    case .geluNew, .geluTanh: Tensors.gelu(x)
    case .quickGELU: Tensors.silu(x * 1.702) * (1 / 1.702)
    case .silu, .swish: Tensors.silu(x)
    case .relu: Tensors.relu(x)
    }
  }
}
