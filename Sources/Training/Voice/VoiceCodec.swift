// VoiceCodec: any codec, as the training of generators, listening and export need it: what makes latents of sound and
// sound of latents, and the source that the score drives, where the codec has one.
import Codec
import Tensors

/// A codec with its weights.
public struct VoiceCodec: Sendable {
  public let configuration: LatentCodec
  public let encoder: any LatentEncoder
  public let decoder: any LatentDecoder
  private let table: StringTable?, noise: NoiseBands?

  public init(_ model: CodecModel) {
    let source = model.configuration.source
    configuration = .frame(model.configuration)
    (encoder, decoder, table) = (model.encoder, model.decoder, model.table)
    noise = NoiseBands(source.noise, sampleRate: Double(source.sampleRate))
  }

  public init(_ model: EnCodecModel) {
    configuration = .encodec(model.configuration)
    encoder = model.encoder
    decoder = EnCodecDecoder(model.decoder, model.configuration, quiet: model.encoder.silence)
    (table, noise) = (nil, nil)
  }

  /// What a voice keeps beside the decoder's weights.
  var constants: [(name: String, tensor: Tensor)] {
    (decoder as? EnCodecDecoder).map { [("latents.silence", $0.quiet)] } ?? []
  }

  /// Some frames of a piece: the sound, and the source where there is one.
  func excerpt(_ piece: Piece, first: Int = 0, frames: Int) throws -> Excerpt {
    let bank = configuration.source.flatMap { source in
      noise.map { SourceBank(source, table: table, noise: $0) }
    }
    return try Excerpt(piece, first: first, frames: frames, margin: encoder.margin, bank: bank)
  }

  /// [1, frames, latentWidth].
  func latents(_ excerpt: Excerpt) -> Tensor { encoder(excerpt.audio, energy: excerpt.energy).untracked }

  /// Frames decoded at once: a long sound needs no more memory than a short one.
  private static let piece = 300

  /// Latents [1, frames, latentWidth] on an excerpt's source as sound, [1, samples].
  func sound(_ latents: Tensor, _ excerpt: Excerpt) -> Tensor {
    let frames = latents.shape[1]
    var state = decoder.silence()
    let pieces = stride(from: 0, to: frames, by: Self.piece).map { start in
      func part(_ x: Tensor) -> Tensor {
        x.slice(axis: 1, start: start, length: min(Self.piece, frames - start)).untracked
      }
      let sound = decoder(
        part(latents), source: part(excerpt.source), energy: part(excerpt.energy), state: &state)
      state = DecoderState(state.tensors.map(\.untracked))
      return sound.untracked
    }
    return concatenate(pieces, axis: 1).reshaped(1, frames * configuration.hop)
  }
}
