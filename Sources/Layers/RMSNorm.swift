// RMSNorm: rows of unit mean square, then a learned scale. Zhang and Sennrich 2019; T5 calls it a layer norm.
import Tensors

/// x/√(mean square + ε)·weight along the last axis.
public struct RMSNorm: Sendable {
  public let weight: Tensor
  let normalisation: Normalisation

  public init(_ w: Scope, width: Int, epsilon: Float = 1e-6) {
    weight = w("weight", width, initial: .ones)
    normalisation = Normalisation(.rootMeanSquare, epsilon: epsilon)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { normalisation(x) * weight }
}
