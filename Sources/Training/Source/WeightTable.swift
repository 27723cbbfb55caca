// WeightTable: named tensors in memory as a source of weights, over random ones for what it does not hold.
import Tensors

/// Given tensors first, then another source.
public struct WeightTable: WeightSource {
  public let tensors: [String: Tensor]
  public let rest: any WeightSource

  public init(_ tensors: [String: Tensor], over rest: any WeightSource) {
    self.tensors = tensors
    self.rest = rest
  }

  public var names: [String] { Array(tensors.keys) + rest.names }

  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    guard let found = tensors[name] else { return try rest.fill(name, tensor, initial: initial) }
    guard found.shape == tensor.shape else {
      throw WeightsError("\(name): expected \(tensor.shape), found \(found.shape)")
    }
    tensor.data.update(from: found.data, count: tensor.shape.count)
  }
}
