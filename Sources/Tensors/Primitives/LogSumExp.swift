// LogSumExp: the logarithm of a sum of powers, along the last axis, without leaving the range of numbers.
import Kernels

/// ln Σ eˣ = max + ln Σ e^(x − max) along the last axis: [..., width] ↦ [..., 1]; a row of −∞ becomes −∞.
///
/// Its slope is the softmax of x: zero where x is −∞.
public struct LogSumExp: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].rank > 0 && inputs[0].width > 0, "the sum of no powers, \(inputs[0])")
    return inputs[0].with(-1, 1)
  }

  public func run(_ inputs: Views, _ output: View) {
    fp_log_sum_exp(inputs[0].shape.rows, inputs[0].shape.width, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] { [softmax(step.inputs[0]) * step.upstream] }
}

public func logSumExp(_ x: Tensor) -> Tensor { LogSumExp()(x) }
