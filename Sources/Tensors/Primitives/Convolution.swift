// Convolution: over time, channels last, without padding: what lies before is put there by whoever keeps the state.
// Windows of x are rows that overlap in memory, so it is a product; a constant weight is packed once.
import Kernels

/// y[t] = Σ_q W_q·x[t·stride + q·dilation] + bias.
///
/// x is [batch, frames, channels], the weight [outputs, taps·channels] (all channels of the first tap, then of the
/// second …), bias [outputs]; y is [batch, (frames − (taps − 1)·dilation − 1)/stride + 1, outputs].
public struct Convolution: Primitive {
  public let taps: Int, stride: Int, dilation: Int

  public init(taps: Int, stride: Int = 1, dilation: Int = 1) {
    precondition(taps > 0 && stride > 0 && dilation > 0, "taps \(taps), stride \(stride), dilation \(dilation)")
    self.taps = taps
    self.stride = stride
    self.dilation = dilation
  }

  private func sizes(_ x: Shape, _ weight: Shape) -> fp_convolution_shape {
    precondition(
      x.rank == 3 && weight.rank == 2 && weight[1] == taps * x[2], "convolution \(weight), \(taps) taps, of \(x)")
    return fp_convolution_shape(
      batch: x[0], frames: x[1], channels: x[2], outputs: weight[0], taps: taps, stride: stride,
      dilation: dilation)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0], inputs[1])
    precondition(inputs.count == 2 || inputs[2] == Shape(sizes.outputs), "bias \(inputs.last!) of \(inputs[1])")
    return Shape(sizes.batch, fp_convolution_frames(&sizes), sizes.outputs)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape, inputs[1].shape)
    fp_convolution(&sizes, inputs[0].data, inputs[1].data, inputs.count > 2 ? inputs[2].data : nil, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    var sizes = sizes(x.shape, weight.shape)
    var results: [Tensor?] = [nil, nil]
    if step.wants(0) {
      let dx = Tensor(x.shape, storage: Storage(x.shape.count))
      fp_convolution_to_input(&sizes, up.data, weight.data, dx.data)
      results[0] = dx
    }
    if step.wants(1) {
      let dweight = Tensor(weight.shape, storage: Storage(weight.shape.count))
      fp_convolution_to_weight(&sizes, x.data, up.data, dweight.data)
      results[1] = dweight
    }
    if step.inputs.count > 2 { results.append(step.wants(2) ? fold(up.flattenedRows, to: step.inputs[2].shape) : nil) }
    return results
  }

  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? {
    guard let weight = constants[1], constants.count == 2 || constants[2] != nil else { return nil }
    return PackedConvolution(
      convolution: self, weight: weight, bias: constants.count > 2 ? constants[2] : nil, precision: precision)
  }

  /// The same with the weight in panels.
  private struct PackedConvolution: Primitive {
    let convolution: Convolution
    let weight: Shape
    let packed: PackedWeight
    let bias: Tensor?

    init(convolution: Convolution, weight: Tensor, bias: Tensor?, precision: Precision) {
      self.convolution = convolution
      self.weight = weight.shape
      self.bias = bias
      packed = PackedWeight.of(weight, precision: precision)
    }

    func shape(_ inputs: [Shape]) -> Shape { convolution.shape([inputs[0], weight]) }

    func run(_ inputs: Views, _ output: View) {
      var sizes = convolution.sizes(inputs[0].shape, weight)
      fp_convolution_packed(&sizes, packed.type, inputs[0].data, packed.data, bias?.data, output.data)
    }

    func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("a packed weight is constant") }
  }
}
