// Reduction: one number from many: the mean, the mean square, the mean absolute value.
import Kernels

/// Σ f(x) / count, with f(x) = x, x² or |x|.
public struct Reduction: Primitive {
  public enum Kind: Sendable { case mean, meanSquare, meanAbsolute }
  public let kind: Kind

  public init(_ kind: Kind) { self.kind = kind }

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].count > 0, "the mean of nothing, \(inputs[0])")
    return Shape()
  }

  public func run(_ inputs: Views, _ output: View) {
    let count = inputs[0].shape.count
    let x = inputs[0].data
    let total =
      switch kind {
      case .mean: fp_total(count, x)
      case .meanSquare: fp_total_square(count, x)
      case .meanAbsolute: fp_total_absolute(count, x)
      }
    output.data[0] = total / Float(count)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let share = step.upstream.scalar / Float(x.shape.count)
    switch kind {
    case .mean: return [Tensor(repeating: share, x.shape)]
    case .meanSquare: return [x * (2 * share)]
    case .meanAbsolute:
      let dx = Tensor(x.shape, storage: Storage(x.shape.count))
      fp_sign(x.shape.count, share, x.data, dx.data)
      return [dx]
    }
  }
}

public func mean(_ x: Tensor) -> Tensor { Reduction(.mean)(x) }
public func meanSquare(_ x: Tensor) -> Tensor { Reduction(.meanSquare)(x) }
public func meanAbsolute(_ x: Tensor) -> Tensor { Reduction(.meanAbsolute)(x) }
