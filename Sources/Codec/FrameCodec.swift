// FrameCodec: sound as 75 small vectors a second, and back. The latents hold no phase: the decoder has a source, strings that
// the score drives and noise, or noise alone, and the latents say how loud each of its bands is at each moment.
import Glibc
import Layers
import Tensors

/// What a voice file says about its codec.
public struct CodecConfiguration: Sendable, Equatable {
  public var source = SourceConfiguration()
  public var latentWidth = 32
  public var width = 192, depth = 3, taps = 7, expansion = 3
  /// The encoder's analysis: bands of two spectra that end where their frame ends, a quick one of `window` samples and
  /// one of `slowWindow` that tells low notes apart.
  public var analysisBands = 80, window = 512, slowWindow = 2048

  public init() {}

  /// For sounds that no score tells: the source is noise alone, in bands that are narrow enough to hold a pitch.
  public static func noise(bands: Int = 96) -> CodecConfiguration {
    var c = CodecConfiguration()
    c.source = .noise(bands: bands)
    return c
  }
}

/// Energies of the source, ln, brought to about ±1 for the networks.
func scaledEnergy(_ energy: Tensor) -> Tensor { energy * (1 / 6) + 1.5 }

/// Sound and source to latents. Causal: what latents say of a frame is known when it ends, so that a generator that plays
/// live is never asked to foresee a note.
public struct FrameEncoder: LatentEncoder {
  public let configuration: CodecConfiguration
  /// In training: blocks keep only their inputs, and compute the rest again on the walk back.
  public var recomputes = false
  private let ears: [Ear]
  let input: Linear, blocks: [ConvolutionBlock], output: Linear

  public init(_ w: Scope, _ c: CodecConfiguration) {
    configuration = c
    ears = [c.window, c.slowWindow].map { Ear(window: $0, c) }
    input = Linear(w / "input", inputs: 2 * c.analysisBands + c.source.bands, outputs: c.width)
    blocks = (0..<c.depth).map {
      ConvolutionBlock(w / "blocks" / $0, width: c.width, taps: c.taps, expansion: c.expansion)
    }
    output = Linear(w / "output", inputs: c.width, outputs: c.latentWidth)
  }

  /// Samples that lie before the first frame in what the encoder takes.
  public var margin: Int { configuration.slowWindow - configuration.source.hop }

  /// - Parameters:
  ///   - audio: [batch, margin + frames·hop].
  ///   - energy: of the source, ln, [batch, frames, bands].
  /// - Returns: latents of unit root mean square a frame, [batch, frames, latentWidth].
  public func callAsFunction(_ audio: Tensor, energy: Tensor) -> Tensor {
    let heard = ears.map { $0(audio, longest: configuration.slowWindow) }
    var x = input(concatenate(heard + [scaledEnergy(energy)], axis: 2))
    for block in blocks {
      var past = block.silence(batch: x.shape[0])
      x = block(x, past: &past, recomputes: recomputes)
    }
    return rootMeanSquareNorm(output(x))
  }
}

/// ln of the power in mel bands, of a spectrum of some length.
private struct Ear: Sendable {
  private let window: Int
  private let spectrum: ShortTimeSpectrum, bands: Tensor

  init(window: Int, _ c: CodecConfiguration) {
    self.window = window
    spectrum = ShortTimeSpectrum(.power, length: window, hop: c.source.hop)
    bands = BandLayout(count: c.analysisBands, lowest: c.source.lowest, highest: c.source.highest).shares(
      window: window, sampleRate: c.source.sampleRate)
  }

  /// [batch, samples] ↦ [batch, frames, bands]; the longest ear sets where the first frame ends.
  func callAsFunction(_ audio: Tensor, longest: Int) -> Tensor {
    let skipped = longest - window
    let heard = audio.slice(axis: 1, start: skipped, length: audio.shape[1] - skipped)
    return scaledEnergy(log(LinearMap()(spectrum(heard), bands), floor: 1e-9))
  }
}

/// Latents and source to sound. Causal: it adds no delay.
public struct FrameDecoder: LatentDecoder {
  /// What is added to a mean square before its logarithm is taken.
  public static let energyFloor: Float = 1e-9

  public let configuration: CodecConfiguration
  /// In training: blocks keep only their inputs, and compute the rest again on the walk back.
  public var recomputes = false
  let input: Linear, blocks: [ConvolutionBlock], output: Linear
  private let offset: Tensor

  public init(_ w: Scope, _ c: CodecConfiguration) {
    configuration = c
    input = Linear(w / "input", inputs: c.latentWidth + c.source.bands, outputs: c.width)
    blocks = (0..<c.depth).map {
      ConvolutionBlock(w / "blocks" / $0, width: c.width, taps: c.taps, expansion: c.expansion)
    }
    output = Linear(w / "output", inputs: c.width, outputs: c.source.bands, initial: .normal(deviation: 0.01))
    // Before anything is learned strings sound as they are and noise hardly at all: −60 dB.
    let quiet = [Float](repeating: -7, count: c.source.noiseBands)
    offset = Tensor(Shape(c.source.bands), [Float](repeating: 0, count: c.source.harmonicBands) + quiet)
  }

  /// Of every convolution the frames before, [batch, taps − 1, width], and the gains at the end of the last frame,
  /// [batch, 1, bands].
  public func silence(batch: Int) -> DecoderState {
    let gains = Tensor(repeating: 0, Shape(batch, 1, configuration.source.bands)) + offset
    return DecoderState(blocks.map { $0.silence(batch: batch) } + [exp(gains)])
  }

  /// - Parameters:
  ///   - latents: [batch, frames, latentWidth], of unit root mean square.
  ///   - source: [batch, frames, bands, hop].
  ///   - energy: of the source, ln, [batch, frames, bands].
  /// - Returns: [batch, frames, hop].
  public func callAsFunction(
    _ latents: Tensor, source: Tensor, energy: Tensor, state: inout DecoderState
  ) -> Tensor {
    var x = input(concatenate([latents, scaledEnergy(energy)], axis: 2))
    for index in blocks.indices { x = blocks[index](x, past: &state.tensors[index], recomputes: recomputes) }
    // Gains stay within e^±12, so that no latent can make a sound that hurts.
    let gains = exp(tanh((output(x) + offset) * (1 / 12)) * 12)
    let borders = concatenate([state.tensors[blocks.count], gains], axis: 1)
    state.tensors[blocks.count] = borders.slice(axis: 1, start: gains.shape[1], length: 1)
    return BandSum()(source, borders)
  }
}
