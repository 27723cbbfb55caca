// ConvolutionBlock: a residual block at the frame rate: what is near in time, channel by channel, then a network.
import Tensors

/// x + W₂·gelu(W₁·norm(depthwise(x))); [batch, frames, width] ↦ the same.
public struct ConvolutionBlock: Sendable {
  public let taps: Int, width: Int
  let depthwise: Tensor, norm: LayerNorm, network: FeedForward

  public init(_ w: Scope, width: Int, taps: Int, expansion: Int) {
    self.taps = taps
    self.width = width
    depthwise = w("depthwise", taps, width, initial: .fan(taps))
    norm = LayerNorm(w / "norm", width: width)
    network = FeedForward(w / "network", width: width, hidden: expansion * width)
  }

  /// The past of a silent beginning: [batch, taps − 1, width].
  public func silence(batch: Int) -> Tensor { Tensor(zeros: Shape(batch, taps - 1, width)) }

  /// Causal. `past` holds the last taps − 1 frames: zeros offline, carried in real time.
  ///
  /// - Parameter recomputes: keeps only what goes in, and computes the rest again on the walk back.
  public func callAsFunction(_ x: Tensor, past: inout Tensor, recomputes: Bool = false) -> Tensor {
    let frames = x.shape[1]
    let whole = concatenate([past, x], axis: 1)
    past = whole.slice(axis: 1, start: frames, length: taps - 1)
    return x + (recomputes ? recomputed([whole]) { change($0[0]) } : change(whole))
  }

  /// Sees as far ahead as back, with zeros beyond both ends: along keys, not along time. The taps are an odd number.
  public func centred(_ x: Tensor) -> Tensor {
    precondition(taps % 2 == 1, "\(taps) taps have no middle")
    return x + change(Padding(.zeros, left: taps / 2, right: taps / 2)(x))
  }

  private func change(_ whole: Tensor) -> Tensor { network(norm(DepthwiseConvolution()(whole, depthwise))) }
}
