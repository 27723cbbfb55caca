// DepthwiseConv2d: convolution over rows and columns, each channel for itself, for networks that are small because of it.
import Tensors

/// [batch, rows, columns, channels] ↦ [batch, rows′, columns′, channels], as `DepthwiseConvolution2d` says. The weight is
/// [row taps, column taps, channels].
public struct DepthwiseConv2d: Sendable {
  public let weight: Tensor
  private let stride: (rows: Int, columns: Int), padding: (rows: Int, columns: Int)

  /// The weight begins uniform within ±1/√taps.
  public init(
    _ w: Scope, channels: Int, taps: (rows: Int, columns: Int), stride: (rows: Int, columns: Int) = (1, 1),
    padding: (rows: Int, columns: Int) = (0, 0)
  ) {
    weight = w("weight", taps.rows, taps.columns, channels, initial: .fan(taps.rows * taps.columns))
    (self.stride, self.padding) = (stride, padding)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    DepthwiseConvolution2d(stride: stride, padding: padding)(x, weight)
  }
}
