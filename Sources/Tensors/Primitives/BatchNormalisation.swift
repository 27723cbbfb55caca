// BatchNormalisation: each channel by its mean and variance over everything else in a batch: batch, rows and columns.
// For training only: what is used later has statistics that do not depend on what lies beside it.
import Kernels

/// (x − mean)/√(variance + ε), both over all axes but the last.
public struct BatchNormalisation: Primitive {
  public let epsilon: Float

  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].count > 0, "the statistics of nothing, \(inputs[0])")
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    fp_batch_norm(output.shape.rows, output.shape.width, epsilon, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let dx = Tensor(x.shape, storage: Storage(x.shape.count))
    fp_batch_norm_backward(x.shape.rows, x.shape.width, epsilon, x.data, step.upstream.data, dx.data)
    return [dx]
  }
}

/// Mean and variance of each channel, over all axes but the last.
public func channelMoments(_ x: Tensor) -> (mean: [Double], variance: [Double]) {
  let width = x.shape.width
  var (mean, variance) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
  fp_column_moments(x.shape.rows, width, x.data, &mean, &variance)
  return (mean, variance)
}
