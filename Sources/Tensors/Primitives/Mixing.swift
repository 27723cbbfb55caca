// Mixing: the rows of each matrix of a batch added up in other proportions: a product from the left.
import Kernels

/// y[b, i, c] = Σ_j m[i, j]·x[b, j, c]. m is [outputs, rows], x [batch, rows, channels]; y is [batch, outputs, channels].
public struct Mixing: Primitive {
  /// Takes m as [rows, outputs].
  public let transposed: Bool

  public init(transposed: Bool = false) { self.transposed = transposed }

  public func shape(_ inputs: [Shape]) -> Shape {
    let (m, x) = (inputs[0], inputs[1])
    precondition(m.rank == 2 && x.rank == 3 && m[transposed ? 0 : 1] == x[1], "mixing \(m) of \(x)")
    return x.with(1, m[transposed ? 1 : 0])
  }

  public func run(_ inputs: Views, _ output: View) {
    let (rows, channels, outputs) = (inputs[1].shape[1], inputs[1].shape[2], output.shape[1])
    for index in 0..<output.shape[0] {
      fp_gemm(
        transposed, false, outputs, channels, rows, inputs[0].data, transposed ? outputs : rows,
        inputs[1].data + index * rows * channels, channels, output.data + index * outputs * channels, channels, false)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let (m, x, up) = (step.inputs[0], step.inputs[1], step.upstream)
    return [
      step.wants(0) ? MixingGradient(transposed: transposed)(x, up) : nil,
      step.wants(1) ? Mixing(transposed: !transposed)(m, up) : nil,
    ]
  }
}

/// With respect to m: Σ_b up_b·x_bᵀ, or its transpose.
package struct MixingGradient: Primitive {
  package let transposed: Bool

  package func shape(_ inputs: [Shape]) -> Shape {
    transposed ? Shape(inputs[0][1], inputs[1][1]) : Shape(inputs[1][1], inputs[0][1])
  }

  package func run(_ inputs: Views, _ output: View) {
    let (left, right) = transposed ? (inputs[0], inputs[1]) : (inputs[1], inputs[0])
    let (m, n, channels) = (left.shape[1], right.shape[1], left.shape[2])
    output.data.update(repeating: 0, count: m * n)
    for index in 0..<left.shape[0] {
      fp_gemm(
        false, true, m, n, channels, left.data + index * m * channels, channels, right.data + index * n * channels,
        channels, output.data, n, true)
    }
  }

  package func gradients(_ step: Step) -> [Tensor?] {
    preconditionFailure("the gradient of a gradient is not recorded")
  }
}
