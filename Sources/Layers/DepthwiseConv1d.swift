// DepthwiseConv1d: causal convolution over time, each channel for itself.
import Tensors

/// y[t, c] = Σ_q w[q, c]·x[t − (taps − 1 − q)·dilation, c] + bias[c]; [batch, frames, channels] ↦ the same.
public struct DepthwiseConv1d: Sendable {
  /// [taps, channels].
  public let weight: Tensor
  public let bias: Tensor?
  public let taps: Int, dilation: Int

  /// - Parameter initial: of the weight; by default uniform within ±1/√taps. The bias begins at zero.
  public init(
    _ w: Scope, channels: Int, taps: Int, dilation: Int = 1, bias: Bool = true, initial: Initial? = nil
  ) {
    weight = w("weight", taps, channels, initial: initial ?? .fan(taps))
    self.bias = bias ? w("bias", channels, initial: .zeros) : nil
    self.taps = taps
    self.dilation = dilation
  }

  /// The past of a silent beginning: [batch, (taps − 1)·dilation, channels].
  public func silence(batch: Int = 1) -> Tensor {
    Tensor(zeros: Shape(batch, (taps - 1) * dilation, weight.shape[1]))
  }

  /// - Parameter past: the frames before x; becomes the frames before what follows x.
  public func callAsFunction(_ x: Tensor, past: inout Tensor) -> Tensor {
    let whole = remember(x, &past)
    return DepthwiseConvolution(dilation: dilation)([whole, weight] + (bias.map { [$0] } ?? []))
  }
}
