// Elementary: exponential, logarithm, sine, cosine and square root of every element.
import Kernels

/// eˣ, ln(max(x, floor)), sin x, cos x, √max(x, 0).
public struct Elementary: Primitive {
  public enum Kind: Sendable {
    case exponential
    case logarithm(floor: Float)
    case sine, cosine, squareRoot
  }
  public let kind: Kind

  public init(_ kind: Kind) { self.kind = kind }

  public func shape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public func run(_ inputs: Views, _ output: View) {
    let count = output.shape.count
    let x = inputs[0].data
    let y = output.data
    switch kind {
    case .exponential: fp_exp(count, x, y)
    case .logarithm(let floor): fp_log(count, floor, x, y)
    case .sine: fp_sin(count, x, y)
    case .cosine: fp_cos(count, x, y)
    case .squareRoot: fp_square_root(count, x, y)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let y = step.output
    let up = step.upstream
    switch kind {
    case .exponential: return [up * y]
    case .logarithm(let floor): return [Quotient(floor: floor)(up, x)]
    case .sine: return [up * cos(x)]
    case .cosine: return [up * sin(x) * -1]
    case .squareRoot: return [Quotient(floor: 1e-12)(up * 0.5, y)]
    }
  }
}

/// a / b where b exceeds the floor, else 0.
package struct Quotient: Primitive {
  package let floor: Float

  package func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  package func run(_ inputs: Views, _ output: View) {
    let a = inputs[0].data
    let b = inputs[1].data
    let y = output.data
    for index in 0..<output.shape.count { y[index] = b[index] > floor ? a[index] / b[index] : 0 }
  }
  package func gradients(_ step: Step) -> [Tensor?] {
    preconditionFailure("the gradient of a gradient is not recorded")
  }
}

public func exp(_ x: Tensor) -> Tensor { Elementary(.exponential)(x) }
public func log(_ x: Tensor, floor: Float) -> Tensor { Elementary(.logarithm(floor: floor))(x) }
public func sin(_ x: Tensor) -> Tensor { Elementary(.sine)(x) }
public func cos(_ x: Tensor) -> Tensor { Elementary(.cosine)(x) }
public func squareRoot(_ x: Tensor) -> Tensor { Elementary(.squareRoot)(x) }
