// DepthwiseConvolution2d: over rows and columns, each channel for itself, with zeros around; channels last.
import Kernels

/// y[t, f, c] = Σ_p Σ_q w[p, q, c]·x[t·stride + p − padding, f·stride′ + q − padding′, c].
///
/// x is [batch, rows, columns, channels], the weight [row taps, column taps, channels]; y is [batch, rows′, columns′,
/// channels] with rows′ = (rows + 2·padding − taps)/stride + 1, and columns′ likewise.
public struct DepthwiseConvolution2d: Primitive {
  /// Along the rows, and along the columns.
  public let stride: (rows: Int, columns: Int), padding: (rows: Int, columns: Int)

  public init(stride: (rows: Int, columns: Int) = (1, 1), padding: (rows: Int, columns: Int) = (0, 0)) {
    precondition(
      stride.rows > 0 && stride.columns > 0 && padding.rows >= 0 && padding.columns >= 0,
      "stride \(stride), padding \(padding)")
    (self.stride, self.padding) = (stride, padding)
  }

  private func sizes(_ x: Shape, _ weight: Shape) -> fp_depthwise2d_shape {
    precondition(
      x.rank == 4 && weight.rank == 3 && weight[2] == x[3] && weight[0] > 0 && weight[1] > 0,
      "depthwise convolution \(weight) of \(x)")
    return fp_depthwise2d_shape(
      batch: x[0], rows: x[1], columns: x[2], channels: x[3], row_taps: weight[0], column_taps: weight[1],
      row_stride: stride.rows, column_stride: stride.columns, row_padding: padding.rows,
      column_padding: padding.columns)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0], inputs[1])
    return Shape(sizes.batch, fp_depthwise2d_rows(&sizes), fp_depthwise2d_columns(&sizes), sizes.channels)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape, inputs[1].shape)
    fp_depthwise2d(&sizes, inputs[0].data, inputs[1].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let (x, weight) = (step.inputs[0], step.inputs[1])
    var sizes = sizes(x.shape, weight.shape)
    var results: [Tensor?] = [nil, nil]
    if step.wants(0) {
      let dx = Tensor(x.shape, storage: Storage(x.shape.count))
      fp_depthwise2d_to_input(&sizes, step.upstream.data, weight.data, dx.data)
      results[0] = dx
    }
    if step.wants(1) {
      let dweight = Tensor(weight.shape, storage: Storage(weight.shape.count))
      fp_depthwise2d_to_weight(&sizes, x.data, step.upstream.data, dweight.data)
      results[1] = dweight
    }
    return results
  }
}
