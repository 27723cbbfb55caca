// Conv1d: causal convolution over time. What lies before its input is a state: zeros offline, carried in real time.
import Tensors

/// y[t] = Σ_q W_q·x[t·stride − before + q·dilation] + bias, with before = (taps − 1)·dilation + 1 − stride.
///
/// [batch, frames, inputs] ↦ [batch, frames/stride, outputs]. The weight is [outputs, taps·inputs], all inputs of the
/// first tap first.
public struct Conv1d: Sendable {
  public let weight: Tensor
  public let bias: Tensor?
  public let inputs: Int, taps: Int, stride: Int, dilation: Int

  /// - Parameter initial: of the weight; by default uniform within ±1/√(taps·inputs). The bias begins at zero.
  public init(
    _ w: Scope, inputs: Int, outputs: Int, taps: Int, stride: Int = 1, dilation: Int = 1, bias: Bool = true,
    initial: Initial? = nil
  ) {
    precondition((taps - 1) * dilation + 1 >= stride, "a stride of \(stride) jumps over inputs of \(taps) taps")
    weight = w("weight", outputs, taps * inputs, initial: initial ?? .fan(taps * inputs))
    self.bias = bias ? w("bias", outputs, initial: .zeros) : nil
    self.inputs = inputs
    self.taps = taps
    self.stride = stride
    self.dilation = dilation
  }

  /// The past of a silent beginning: [batch, (taps − 1)·dilation + 1 − stride, inputs].
  public func silence(batch: Int = 1) -> Tensor {
    Tensor(zeros: Shape(batch, (taps - 1) * dilation + 1 - stride, inputs))
  }

  /// - Parameter past: the frames before x; becomes the frames before what follows x.
  public func callAsFunction(_ x: Tensor, past: inout Tensor) -> Tensor {
    precondition(x.shape[1] % stride == 0, "\(x.shape) in steps of \(stride) frames")
    let whole = remember(x, &past)
    return Convolution(taps: taps, stride: stride, dilation: dilation)([whole, weight] + (bias.map { [$0] } ?? []))
  }
}

/// The past and the present as one; the last frames of it become the past.
func remember(_ x: Tensor, _ past: inout Tensor) -> Tensor {
  let kept = past.shape[1]
  if kept == 0 { return x }
  let whole = concatenate([past, x], axis: 1)
  past = whole.slice(axis: 1, start: x.shape[1], length: kept)
  return whole
}
