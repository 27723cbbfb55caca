// Convolution2d: over rows (time) and columns (frequency), channels last, with zeros around.
// Windows along a row overlap in memory, so it is a product; the kernel says how few outputs fill it.
import Kernels

/// y[t, f] = Σ_p Σ_q W_pq·x[t·stride + p·dilation − padding, f·stride′ + q − padding′] + bias.
///
/// x is [batch, rows, columns, channels], the weight [outputs, row taps·column taps·channels] (all channels of the first
/// column tap of the first row tap, then of the second column tap …), bias [outputs]; y is [batch, rows′, columns′,
/// outputs] with rows′ = (rows + 2·padding − (taps − 1)·dilation − 1)/stride + 1, and columns′ likewise.
public struct Convolution2d: Primitive {
  /// Along the rows, and along the columns.
  public let taps: (rows: Int, columns: Int), stride: (rows: Int, columns: Int), padding: (rows: Int, columns: Int)
  /// From one row tap to the next; column taps lie beside each other.
  public let dilation: Int

  public init(
    taps: (rows: Int, columns: Int), stride: (rows: Int, columns: Int) = (1, 1), dilation: Int = 1,
    padding: (rows: Int, columns: Int) = (0, 0)
  ) {
    precondition(
      taps.rows > 0 && taps.columns > 0 && stride.rows > 0 && stride.columns > 0 && dilation > 0 && padding.rows >= 0
        && padding.columns >= 0, "taps \(taps), stride \(stride), dilation \(dilation), padding \(padding)")
    self.taps = taps
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  fileprivate func sizes(_ x: Shape, _ weight: Shape) -> fp_convolution2d_shape {
    precondition(
      x.rank == 4 && weight.rank == 2 && weight[1] == taps.rows * taps.columns * x[3] && weight[0] > 0 && x[3] > 0,
      "convolution \(weight), \(taps) taps, of \(x)")
    return fp_convolution2d_shape(
      batch: x[0], rows: x[1], columns: x[2], channels: x[3], outputs: weight[0], row_taps: taps.rows,
      column_taps: taps.columns, row_stride: stride.rows, column_stride: stride.columns, row_dilation: dilation,
      row_padding: padding.rows, column_padding: padding.columns)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0], inputs[1])
    precondition(inputs.count == 2 || inputs[2] == Shape(sizes.outputs), "bias \(inputs.last!) of \(inputs[1])")
    return Shape(sizes.batch, fp_convolution2d_rows(&sizes), fp_convolution2d_columns(&sizes), sizes.outputs)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape, inputs[1].shape)
    fp_convolution2d(&sizes, inputs[0].data, inputs[1].data, inputs.count > 2 ? inputs[2].data : nil, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    var sizes = sizes(x.shape, weight.shape)
    var results: [Tensor?] = [nil, nil]
    if step.wants(0) {
      let dx = Tensor(x.shape, storage: Storage(x.shape.count))
      fp_convolution2d_to_input(&sizes, up.data, weight.data, dx.data)
      results[0] = dx
    }
    if step.wants(1) {
      let dweight = Tensor(weight.shape, storage: Storage(weight.shape.count))
      fp_convolution2d_to_weight(&sizes, x.data, up.data, dweight.data)
      results[1] = dweight
    }
    if step.inputs.count > 2 { results.append(step.wants(2) ? fold(up.flattenedRows, to: step.inputs[2].shape) : nil) }
    return results
  }
}

extension Convolution2d {
  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? {
    // Fewer outputs are packed as the picture's width wants it, which is not known here.
    guard let weight = constants[1], weight.shape[0] > 16, constants.count == 2 || constants[2] != nil else {
      return nil
    }
    return PackedConvolution2d(self, weight: weight, bias: constants.count == 3 ? constants[2] : nil)
  }
}

/// The same with the weight in panels.
struct PackedConvolution2d: Primitive {
  let convolution: Convolution2d, weight: Shape
  let packed: Storage
  let bias: Tensor?

  init(_ convolution: Convolution2d, weight: Tensor, bias: Tensor?) {
    (self.convolution, self.weight, self.bias) = (convolution, weight.shape, bias)
    let taps = convolution.taps
    let smallest = Shape(
      1, (taps.rows - 1) * convolution.dilation + 1, taps.columns, weight.shape[1] / taps.rows / taps.columns)
    var sizes = convolution.sizes(smallest, weight.shape)
    packed = Storage(fp_convolution2d_packed_count(&sizes))
    fp_convolution2d_pack(&sizes, weight.data, packed.data)
  }

  func shape(_ inputs: [Shape]) -> Shape { convolution.shape([inputs[0], weight]) }

  func run(_ views: Views, _ output: View) {
    var sizes = convolution.sizes(views[0].shape, weight)
    fp_convolution2d_packed(&sizes, views[0].data, packed.data, bias?.data, output.data)
  }

  func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("a packed weight is constant") }
}
