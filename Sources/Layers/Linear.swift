// Linear: the affine map that most of a network is made of.
import Tensors

/// y = x·weightᵀ + bias; [..., inputs] ↦ [..., outputs].
public struct Linear: Sendable {
  public let weight: Tensor
  public let bias: Tensor?

  /// - Parameter initial: of the weight; by default uniform within ±1/√inputs. The bias begins at zero.
  public init(_ w: Scope, inputs: Int, outputs: Int, bias: Bool = true, initial: Initial? = nil) {
    weight = w("weight", outputs, inputs, initial: initial ?? .fan(inputs))
    self.bias = bias ? w("bias", outputs, initial: .zeros) : nil
  }

  /// A map with given constants.
  public init(weight: Tensor, bias: Tensor? = nil) {
    self.weight = weight
    self.bias = bias
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { LinearMap()([x, weight] + (bias.map { [$0] } ?? [])) }
}
