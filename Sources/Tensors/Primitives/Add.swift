// Add: the sum of two tensors, element by element.
// Either may be spread over the other: an axis of size 1, or a missing outer axis, is repeated.

/// a + b.
public struct Add: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0] == inputs[1], "add \(inputs[0]) and \(inputs[1])")
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    let a = inputs[0].data
    let b = inputs[1].data
    let y = output.data
    for index in 0..<output.shape.count { y[index] = a[index] + b[index] }
  }

  public func gradients(_ step: Step) -> [Tensor?] { [step.upstream, step.upstream] }
}

public func + (a: Tensor, b: Tensor) -> Tensor { Add()(a, b) }
