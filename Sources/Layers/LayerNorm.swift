// LayerNorm: rows of zero mean and unit variance, then a learned scale and shift.
import Tensors

/// (x − mean)/√(variance + ε)·weight + bias along the last axis.
public struct LayerNorm: Sendable {
  public let weight: Tensor, bias: Tensor
  let normalisation: Normalisation

  public init(_ w: Scope, width: Int, epsilon: Float = 1e-6) {
    normalisation = Normalisation(.layer, epsilon: epsilon)
    weight = w("weight", width, initial: .ones)
    bias = w("bias", width, initial: .zeros)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { normalisation(x) * weight + bias }
}
