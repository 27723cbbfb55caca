// MatMul: the product of two matrices, either of them transposed.
import Kernels

/// a·b for matrices [m, k] and [k, n]; `transposedLeft` takes a as [k, m], `transposedRight` b as [n, k].
public struct MatMul: Primitive {
  public let transposedLeft: Bool, transposedRight: Bool

  public init(transposedLeft: Bool = false, transposedRight: Bool = false) {
    self.transposedLeft = transposedLeft
    self.transposedRight = transposedRight
  }

  private func sizes(_ a: Shape, _ b: Shape) -> (m: Int, n: Int, k: Int) {
    precondition(a.rank == 2 && b.rank == 2, "product of \(a) and \(b)")
    let m = a[transposedLeft ? 1 : 0]
    let k = a[transposedLeft ? 0 : 1]
    let n = b[transposedRight ? 0 : 1]
    precondition(b[transposedRight ? 1 : 0] == k, "product of \(a) and \(b)")
    return (m, n, k)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    let (m, n, _) = sizes(inputs[0], inputs[1])
    return Shape(m, n)
  }

  public func run(_ inputs: Views, _ output: View) {
    let (m, n, k) = sizes(inputs[0].shape, inputs[1].shape)
    fp_gemm(
      transposedLeft, transposedRight, m, n, k, inputs[0].data, transposedLeft ? m : k, inputs[1].data,
      transposedRight ? k : n, output.data, n, false)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let a = step.inputs[0]
    let b = step.inputs[1]
    let up = step.upstream
    let left =
      transposedLeft
      ? MatMul(transposedLeft: transposedRight, transposedRight: true)
      : MatMul(transposedRight: !transposedRight)
    let right =
      transposedRight
      ? MatMul(transposedLeft: true, transposedRight: transposedLeft)
      : MatMul(transposedLeft: !transposedLeft)
    return [
      step.wants(0) ? (transposedLeft ? left(b, up) : left(up, b)) : nil,
      step.wants(1) ? (transposedRight ? right(up, a) : right(a, up)) : nil,
    ]
  }
}
