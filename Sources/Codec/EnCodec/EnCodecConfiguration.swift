// EnCodecConfiguration: what the `config.json` beside an EnCodec's weights says, under the names of Hugging Face.
// Défossez et al. 2022, High Fidelity Neural Audio Compression; the defaults are those of the 24 kHz model.
import Tensors

/// The sizes and rules of an EnCodec.
public struct EnCodecConfiguration: Sendable, Equatable {
  public enum Norm: String, Sendable, CaseIterable {
    /// Of the weights: nothing is left of it once they are folded.
    case weight = "weight_norm"
    /// Of each layer's output over all channels and the whole time.
    case timeGroup = "time_group_norm"
  }

  /// Samples a second, and channels of sound.
  public var sampleRate = 24000, channels = 1
  /// Whether every chunk is brought to unit root mean square, with its scale beside the codes.
  public var normalises = false
  /// Seconds of a chunk, and the share of it that the next one overlaps; nil: the sound is one chunk.
  public var chunkSeconds: Double?, overlap: Double?
  /// Channels of the latents.
  public var latentWidth = 128
  /// Channels of the layer next to the sound; each step towards the latents has twice as many.
  public var filters = 32
  /// Residual blocks a step, each with `dilationGrowth` times the last one's dilation and width/`compress` inside.
  public var residualLayers = 1, dilationGrowth = 2, compress = 2
  /// By how much each step of the decoder raises the rate.
  public var ratios = [8, 5, 4, 2]
  public var kernel = 7, lastKernel = 7, residualKernel = 3
  public var lstmLayers = 2
  public var norm = Norm.weight
  /// Whether all padding stands before the sound, and what it is.
  public var isCausal = true, padding = Padding.Mode.reflect
  /// The share of a transposed convolution's overhang that is cut off at the end; the rest is at the beginning.
  public var trimRightRatio = 1.0
  /// Whether residual blocks pass their input through a convolution of one tap.
  public var hasConvolutionalShortcut = true
  public var codebookSize = 1024
  /// Thousands of bits a second that can be asked for, rising.
  public var bandwidths = [1.5, 3, 6, 12, 24]

  public init() {}

  /// Samples a frame of latents.
  public var hop: Int { ratios.reduce(1, *) }
  /// Frames a second, rounded up.
  public var frameRate: Int { (sampleRate + hop - 1) / hop }
  /// Bits of a code: log₂ of the codebook's size, which is a power of two.
  var bits: Int { codebookSize.trailingZeroBitCount }
  /// Codebooks, as many as the widest bandwidth takes.
  public var codebooks: Int { codebooks(bandwidth: bandwidths.last!) }

  /// Codebooks of a bandwidth in thousands of bits a second.
  public func codebooks(bandwidth: Double) -> Int { max(1, Int(bandwidth * 1000 / Double(bits * frameRate))) }

  /// Samples of a chunk, and from one chunk to the next; nil where the sound is one.
  var chunk: (length: Int, stride: Int)? {
    guard let chunkSeconds, let overlap else { return nil }
    let length = Int(chunkSeconds * Double(sampleRate))
    return (length, max(1, Int((1 - overlap) * Double(length))))
  }

  /// Why the network cannot run block by block; nil when it can.
  public var obstacleToStreaming: String? {
    if !isCausal { return "use_causal_conv is false: every frame needs what comes after it" }
    if norm == .timeGroup { return "norm_type is time_group_norm: it needs the whole sound's mean and variance" }
    if normalises { return "normalize is true: it needs the loudness of the whole chunk" }
    if chunk != nil { return "chunk_length_s is set: the sound is coded a chunk at a time" }
    if ratios.contains(where: { trimmed($0) > 0 }) {
      return "trim_right_ratio is \(trimRightRatio): every sample needs what comes after it"
    }
    return nil
  }

  /// Outputs that a transposed convolution of a stride (and 2·stride taps) loses at the beginning.
  func trimmed(_ stride: Int) -> Int {
    stride - (isCausal ? Int((Double(stride) * trimRightRatio).rounded(.up)) : stride / 2)
  }
}
