// DepthwiseConvolution: over time, each channel for itself, without padding.
import Kernels

/// y[t, c] = Σ_q w[q, c]·x[t + q·dilation, c] + bias[c].
///
/// x is [batch, frames, channels], the weight [taps, channels], bias [channels]; y is
/// [batch, frames − (taps − 1)·dilation, channels].
public struct DepthwiseConvolution: Primitive {
  public let dilation: Int

  public init(dilation: Int = 1) {
    precondition(dilation > 0, "dilation \(dilation)")
    self.dilation = dilation
  }

  private func sizes(_ x: Shape, _ weight: Shape) -> fp_convolution_shape {
    precondition(x.rank == 3 && weight.rank == 2 && weight[1] == x[2], "depthwise convolution \(weight) of \(x)")
    return fp_convolution_shape(
      batch: x[0], frames: x[1], channels: x[2], outputs: x[2], taps: weight[0], stride: 1, dilation: dilation)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0], inputs[1])
    precondition(inputs.count == 2 || inputs[2] == Shape(sizes.channels), "bias \(inputs.last!) of \(inputs[1])")
    return inputs[0].with(1, fp_convolution_frames(&sizes))
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape, inputs[1].shape)
    fp_depthwise(&sizes, inputs[0].data, inputs[1].data, inputs.count > 2 ? inputs[2].data : nil, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    var sizes = sizes(x.shape, weight.shape)
    var results: [Tensor?] = [nil, nil]
    if step.wants(0) {
      let dx = Tensor(x.shape, storage: Storage(x.shape.count))
      fp_depthwise_to_input(&sizes, up.data, weight.data, dx.data)
      results[0] = dx
    }
    if step.wants(1) {
      let dweight = Tensor(weight.shape, storage: Storage(weight.shape.count))
      fp_depthwise_to_weight(&sizes, x.data, up.data, dweight.data)
      results[1] = dweight
    }
    if step.inputs.count > 2 { results.append(step.wants(2) ? fold(up.flattenedRows, to: step.inputs[2].shape) : nil) }
    return results
  }
}
