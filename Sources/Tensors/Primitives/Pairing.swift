// Pairing: sum, difference and product of two tensors, element by element, spread over each other where needed.
// A gradient is folded back over the axes along which its input was repeated.
import Kernels

/// a ∘ b, where ∘ is +, − or ×.
public struct Pairing: Primitive {
  public enum Kind: Sendable { case sum, difference, product }
  public let kind: Kind

  public init(_ kind: Kind) { self.kind = kind }

  public func shape(_ inputs: [Shape]) -> Shape { Broadcast(inputs[0], inputs[1]).shape }

  public func run(_ inputs: Views, _ output: View) {
    let a = inputs[0].data
    let b = inputs[1].data
    let y = output.data
    let code: fp_pairing = kind == .sum ? fp_sum : kind == .difference ? fp_difference : fp_product
    if inputs[0].shape == inputs[1].shape { return fp_pair(code, output.shape.count, a, 1, b, 1, y) }
    Broadcast(inputs[0].shape, inputs[1].shape).rows { count, at, fromA, stepA, fromB, stepB in
      fp_pair(code, count, a + fromA, stepA, b + fromB, stepB, y + at)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let a = step.inputs[0]
    let b = step.inputs[1]
    let up = step.upstream
    switch kind {
    case .sum: return [step.wants(0) ? fold(up, to: a.shape) : nil, step.wants(1) ? fold(up, to: b.shape) : nil]
    case .difference:
      return [step.wants(0) ? fold(up, to: a.shape) : nil, step.wants(1) ? fold(up * -1, to: b.shape) : nil]
    case .product:
      return [step.wants(0) ? fold(up * b, to: a.shape) : nil, step.wants(1) ? fold(up * a, to: b.shape) : nil]
    }
  }
}

/// Sums over the axes along which a shape was spread: the transpose of broadcasting.
package struct Fold: Primitive {
  package let target: Shape

  package func shape(_ inputs: [Shape]) -> Shape { target }

  package func run(_ inputs: Views, _ output: View) {
    output.data.update(repeating: 0, count: target.count)
    Broadcast(inputs[0].shape, target).rows { count, at, _, _, to, step in
      if step == 0 {
        output.data[to] += fp_total(count, inputs[0].data + at)
      } else {
        fp_accumulate(count, inputs[0].data + at, output.data + to)
      }
    }
  }

  package func gradients(_ step: Step) -> [Tensor?] { [step.upstream + Tensor(zeros: step.inputs[0].shape)] }
}

func fold(_ x: Tensor, to shape: Shape) -> Tensor { x.shape == shape ? x : Fold(target: shape)(x) }

public func + (a: Tensor, b: Tensor) -> Tensor { Pairing(.sum)(a, b) }
public func - (a: Tensor, b: Tensor) -> Tensor { Pairing(.difference)(a, b) }
public func * (a: Tensor, b: Tensor) -> Tensor { Pairing(.product)(a, b) }
