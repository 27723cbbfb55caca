// Activation: the pointwise non-linearities.
import Kernels

/// silu(x) = x·σ(x); gelu in its tanh form; exact gelu = x·Φ(x) with the normal distribution Φ; elu with α = 1; tanh; relu(x) = max(x, 0); leaky relu(x) = max(x, 0.2·x).
public struct Activation: Primitive {
  public enum Kind: Sendable, CaseIterable { case identity, silu, gelu, exactGELU, elu, tanh, relu, leakyReLU }
  public let kind: Kind

  public init(_ kind: Kind) { self.kind = kind }

  public func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  public func run(_ inputs: Views, _ output: View) {
    fp_activate(kind.code, output.shape.count, inputs[0].data, output.data)
  }
  public func gradients(_ step: Step) -> [Tensor?] { [ActivationGradient(kind: kind)(step.inputs[0], step.upstream)] }
}

/// upstream · f′(x).
package struct ActivationGradient: Primitive {
  package let kind: Activation.Kind

  package func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  package func run(_ inputs: Views, _ output: View) {
    fp_activate_backward(kind.code, output.shape.count, inputs[0].data, inputs[1].data, output.data)
  }
  package func gradients(_ step: Step) -> [Tensor?] {
    preconditionFailure("the gradient of a gradient is not recorded")
  }
}

extension Activation.Kind {
  var code: fp_activation {
    switch self {
    case .identity: fp_identity
    case .silu: fp_silu
    case .gelu: fp_gelu
    case .exactGELU: fp_exact_gelu
    case .elu: fp_elu
    case .tanh: fp_tanh
    case .relu: fp_relu
    case .leakyReLU: fp_leaky_relu
    }
  }
}

public func silu(_ x: Tensor) -> Tensor { Activation(.silu)(x) }
public func gelu(_ x: Tensor) -> Tensor { Activation(.gelu)(x) }
public func exactGELU(_ x: Tensor) -> Tensor { Activation(.exactGELU)(x) }
public func elu(_ x: Tensor) -> Tensor { Activation(.elu)(x) }
public func tanh(_ x: Tensor) -> Tensor { Activation(.tanh)(x) }
public func relu(_ x: Tensor) -> Tensor { Activation(.relu)(x) }
public func leakyReLU(_ x: Tensor) -> Tensor { Activation(.leakyReLU)(x) }
/// σ(x) = 1/(1 + e⁻ˣ), as ½ + ½·tanh(x/2).
public func sigmoid(_ x: Tensor) -> Tensor { tanh(x * 0.5) * 0.5 + 0.5 }
