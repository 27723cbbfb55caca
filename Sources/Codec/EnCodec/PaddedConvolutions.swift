// PaddedConvolutions: EnCodec's convolutions: the layers that every network has, and what stands before and behind a
// signal when it begins and ends. In between, what came before is carried: a signal in pieces is the whole, bit for bit.
import Layers
import Tensors

/// The state of a network while a block passes through it: each layer takes its part and leaves the new one, in order.
struct Memory {
  /// nil when the block is a signal's first.
  let before: [Tensor]?
  private(set) var after: [Tensor] = []

  init(_ before: [Tensor]?) { self.before = before }

  /// The next part; nil at a signal's beginning.
  var recalled: Tensor? { before?[after.count] }

  mutating func keep(_ part: Tensor) { after.append(part) }
}

/// (x − mean)/√(variance + 10⁻⁵)·weight + bias, with mean and variance over time and channels, weight and bias a channel's.
struct TimeGroupNorm: Sendable {
  let weight: Tensor, bias: Tensor

  init(_ w: Scope, channels: Int) {
    weight = w("weight", channels, initial: .ones)
    bias = w("bias", channels, initial: .zeros)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let flat = Normalisation(.layer, epsilon: 1e-5)(x.reshaped(x.shape[0], 1, x.shape[1] * x.shape[2]))
    return flat.reshaped(x.shape) * weight + bias
  }
}

/// [batch, frames, inputs] ↦ [batch, ⌈frames/stride⌉, outputs].
///
/// With the reach p = (taps − 1)·dilation + 1 − stride: p frames of padding before the signal where it is causal, else
/// p − ⌊p/2⌋ before and ⌊p/2⌋ behind; and as many more behind as fill the last window.
struct PaddedConv1d: Sendable {
  private let convolution: Conv1d, norm: TimeGroupNorm?
  private let mode: Padding.Mode, isCausal: Bool
  private let reach: Int
  let stride: Int

  init(_ w: Scope, _ c: EnCodecConfiguration, inputs: Int, outputs: Int, taps: Int, stride: Int = 1, dilation: Int = 1)
  {
    convolution = Conv1d(
      w / "conv", inputs: inputs, outputs: outputs, taps: taps, stride: stride, dilation: dilation)
    norm = c.norm == .timeGroup ? TimeGroupNorm(w / "norm", channels: outputs) : nil
    (mode, isCausal, self.stride) = (c.padding, c.isCausal, stride)
    reach = (taps - 1) * dilation + 1 - stride
  }

  /// How far into the signal its beginning looks: a mirror image needs what is mirrored.
  var foresight: Int { mode == .reflect ? reach : 0 }

  func callAsFunction(_ x: Tensor, _ memory: inout Memory) -> Tensor {
    let extra = (stride - x.shape[1] % stride) % stride
    var past: Tensor
    var rest = x
    if reach > 0, let recalled = memory.recalled {
      past = recalled
      if extra > 0 { rest = Padding(mode, left: 0, right: extra)(x) }
    } else {
      let right = isCausal ? 0 : reach / 2
      let whole = reach + extra == 0 ? x : Padding(mode, left: reach - right, right: right + extra)(x)
      past = whole.slice(axis: 1, start: 0, length: reach)
      if reach + extra > 0 { rest = whole.slice(axis: 1, start: reach, length: whole.shape[1] - reach) }
    }
    let y = convolution(rest, past: &past)
    if reach > 0 { memory.keep(past) }
    return norm?(y) ?? y
  }
}

/// [batch, frames, inputs] ↦ [batch, frames·stride, outputs], with 2·stride taps.
///
/// What hangs over is cut: at the end where it is causal, in halves where it is not, else as `trimRightRatio` says.
struct TrimmedConvTranspose1d: Sendable {
  private let convolution: ConvTranspose1d, norm: TimeGroupNorm?
  private let trimmed: Int
  let stride: Int

  init(_ w: Scope, _ c: EnCodecConfiguration, inputs: Int, outputs: Int, stride: Int) {
    convolution = ConvTranspose1d(w / "conv", inputs: inputs, outputs: outputs, taps: 2 * stride, stride: stride)
    norm = c.norm == .timeGroup ? TimeGroupNorm(w / "norm", channels: outputs) : nil
    (trimmed, self.stride) = (c.trimmed(stride), stride)
  }

  func callAsFunction(_ x: Tensor, _ memory: inout Memory) -> Tensor {
    var past = memory.recalled ?? convolution.silence(batch: x.shape[0])
    let y = convolution(x, past: &past)
    memory.keep(past)
    if norm == nil && trimmed == 0 { return y }
    let overhang = past.reshaped(x.shape[0], stride, convolution.outputs) + convolution.bias!
    let whole = concatenate([y, overhang], axis: 1)
    return (norm?(whole) ?? whole).slice(axis: 1, start: trimmed, length: y.shape[1])
  }
}
