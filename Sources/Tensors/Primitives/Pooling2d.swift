// Pooling2d: the largest or the mean of each window over rows and columns, channels last.
import Kernels

/// y[t, f] = max or mean over x[t·stride + p − padding, f·stride′ + q − padding′], of what lies inside of x.
///
/// x is [batch, rows, columns, channels]; y is [batch, rows′, columns′, channels] with rows′ = (rows + 2·padding −
/// length)/stride + 1, and columns′ likewise.
public struct Pooling2d: Primitive {
  public enum Kind: Sendable { case largest, mean }
  public let kind: Kind
  /// Along the rows, and along the columns.
  public let length: (rows: Int, columns: Int), stride: (rows: Int, columns: Int), padding: (rows: Int, columns: Int)

  /// - Parameter padding: at most half of the length, so that no window is empty.
  public init(
    _ kind: Kind, length: (rows: Int, columns: Int), stride: (rows: Int, columns: Int),
    padding: (rows: Int, columns: Int) = (0, 0)
  ) {
    precondition(
      stride.rows > 0 && stride.columns > 0 && length.rows > 0 && length.columns > 0 && padding.rows >= 0
        && padding.columns >= 0 && 2 * padding.rows <= length.rows && 2 * padding.columns <= length.columns,
      "windows of \(length), stride \(stride), padding \(padding)")
    (self.kind, self.length, self.stride, self.padding) = (kind, length, stride, padding)
  }

  func sizes(_ x: Shape) -> fp_pooling_shape {
    precondition(x.rank == 4, "pooling of \(x)")
    return fp_pooling_shape(
      batch: x[0], rows: x[1], columns: x[2], channels: x[3], row_length: length.rows, column_length: length.columns,
      row_stride: stride.rows, column_stride: stride.columns, row_padding: padding.rows,
      column_padding: padding.columns)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0])
    return Shape(sizes.batch, fp_pooling_rows(&sizes), fp_pooling_columns(&sizes), sizes.channels)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape)
    switch kind {
    case .largest: fp_max_pool(&sizes, inputs[0].data, output.data)
    case .mean: fp_average_pool(&sizes, inputs[0].data, output.data)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    var sizes = sizes(x.shape)
    let dx = Tensor(x.shape, storage: Storage(x.shape.count))
    switch kind {
    case .largest: fp_max_pool_backward(&sizes, x.data, step.output.data, step.upstream.data, dx.data)
    case .mean: fp_average_pool_backward(&sizes, step.upstream.data, dx.data)
    }
    return [dx]
  }
}

/// The mean, or the largest, of each channel of a picture: [batch, rows, columns, channels] ↦ [batch, 1, 1, channels].
public func pooled(_ x: Tensor, _ kind: Pooling2d.Kind) -> Tensor {
  Pooling2d(kind, length: (x.shape[1], x.shape[2]), stride: (1, 1))(x)
}
