// ConvTranspose1d: every frame becomes several, which overlap those of the next: a product, then an overlap-add.
// What reaches beyond the end is a state: dropped offline, carried in real time.
import Tensors

/// y[t] = Σ_{s·stride + q = t} W_q·x[s] + bias; [batch, frames, inputs] ↦ [batch, frames·stride, outputs].
///
/// The weight is [taps·outputs, inputs], all outputs of the first tap first. taps ≥ stride.
public struct ConvTranspose1d: Sendable {
  public let weight: Tensor
  public let bias: Tensor?
  public let outputs: Int, taps: Int, stride: Int

  /// - Parameter initial: of the weight; by default uniform within ±1/√inputs. The bias begins at zero.
  public init(
    _ w: Scope, inputs: Int, outputs: Int, taps: Int, stride: Int, bias: Bool = true, initial: Initial? = nil
  ) {
    precondition(taps >= stride, "\(taps) taps leave gaps between steps of \(stride)")
    weight = w("weight", taps * outputs, inputs, initial: initial ?? .fan(inputs))
    self.bias = bias ? w("bias", outputs, initial: .zeros) : nil
    self.outputs = outputs
    self.taps = taps
    self.stride = stride
  }

  /// The past of a silent beginning: [batch, (taps − stride)·outputs].
  public func silence(batch: Int = 1) -> Tensor { Tensor(zeros: Shape(batch, (taps - stride) * outputs)) }

  /// - Parameter past: what earlier frames add to the first outputs; becomes what x adds to the outputs that follow.
  public func callAsFunction(_ x: Tensor, past: inout Tensor) -> Tensor {
    let (batch, frames, reach) = (x.shape[0], x.shape[1], past.shape[1])
    let count = frames * stride * outputs
    let whole = OverlapAdd(hop: stride * outputs)(LinearMap()(x, weight), past)
    past = whole.slice(axis: 1, start: count, length: reach)
    let y = whole.slice(axis: 1, start: 0, length: count).reshaped(batch, frames * stride, outputs)
    return bias.map { y + $0 } ?? y
  }
}
