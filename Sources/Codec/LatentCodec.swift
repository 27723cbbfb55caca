// LatentCodec: the two codecs under one protocol: sound to latents, latents to sound, with a state that is carried.
// What the score says to a decoder comes in bands; a codec that knows no score has none of them.
import Tensors

/// Sound to latents.
public protocol LatentEncoder: Sendable {
  /// Samples that lie before the first frame in what the encoder takes.
  var margin: Int { get }

  /// - Parameters:
  ///   - audio: [1, margin + frames·hop].
  ///   - energy: of the source, ln, [1, frames, bands].
  /// - Returns: [1, frames, latentWidth].
  func callAsFunction(_ audio: Tensor, energy: Tensor) -> Tensor
}

/// Latents to sound, block by block.
public protocol LatentDecoder: Sendable {
  /// What stands before the first block when silence does.
  func silence(batch: Int) -> DecoderState

  /// - Parameters:
  ///   - latents: [batch, frames, latentWidth].
  ///   - source: [batch, frames, bands, hop].
  ///   - energy: of the source, ln, [batch, frames, bands].
  ///   - state: before the block; becomes the state after it.
  /// - Returns: [batch, frames, hop]. Blocks of any size give the same bits.
  func callAsFunction(_ latents: Tensor, source: Tensor, energy: Tensor, state: inout DecoderState) -> Tensor
}

extension LatentDecoder {
  public func silence() -> DecoderState { silence(batch: 1) }
}

/// What a decoder carries from block to block.
public struct DecoderState: Sendable {
  public var tensors: [Tensor]

  public init(_ tensors: [Tensor]) { self.tensors = tensors }

  /// The same values as inputs of a program.
  public var tracked: DecoderState { DecoderState(tensors.map(\.tracked)) }
}

/// A codec by its configuration, as a voice file or a run names it.
public enum LatentCodec: Sendable, Equatable {
  case frame(CodecConfiguration)
  case encodec(EnCodecConfiguration)

  /// Reads what stands under `codec`. Files without a kind are of the time when there was one.
  public init(_ json: JSON) throws(ConfigurationError) {
    switch json["kind"] ?? "frame" {
    case "frame": self = .frame(try CodecConfiguration(json))
    case "encodec": self = .encodec(try EnCodecConfiguration(json))
    case let other: throw ConfigurationError("codec.kind: expected \"frame\" or \"encodec\", found \(other.text())")
    }
  }

  public var json: JSON {
    let (kind, json): (JSON, JSON) =
      switch self {
      case .frame(let c): ("frame", c.json)
      case .encodec(let c): ("encodec", c.json)
      }
    return .object([JSON.Member("kind", kind)] + json.members!)
  }

  public var sampleRate: Int {
    switch self {
    case .frame(let c): c.source.sampleRate
    case .encodec(let c): c.sampleRate
    }
  }

  /// Samples a frame.
  public var hop: Int {
    switch self {
    case .frame(let c): c.source.hop
    case .encodec(let c): c.hop
    }
  }

  public var latentWidth: Int {
    switch self {
    case .frame(let c): c.latentWidth
    case .encodec(let c): c.latentWidth
    }
  }

  /// The source that the score drives; nil where latents alone make the sound.
  public var source: SourceConfiguration? {
    if case .frame(let c) = self { c.source } else { nil }
  }

  /// Bands of the source, and those of them that strings sound in.
  public var bands: Int { source?.bands ?? 0 }
  public var harmonicBands: Int { source?.harmonicBands ?? 0 }

  /// The strings of a voice; nil where the codec has none.
  public func strings(_ w: Scope) -> StringTable? {
    source.flatMap { $0.hasStrings ? StringTable(w / "source", $0) : nil }
  }

  /// The decoder of a voice.
  public func decoder(_ w: Scope) -> any LatentDecoder {
    switch self {
    case .frame(let c): return FrameDecoder(w / "decoder", c)
    case .encodec(let c):
      let quiet = (w / "latents").constant("silence", c.latentWidth)
      return EnCodecDecoder(SEANet.decoder(w / "decoder", c), c, quiet: quiet)
    }
  }

  /// Why the codec cannot be played live; nil when it can.
  public var obstacleToPlaying: String? {
    guard case .encodec(let c) = self else { return nil }
    if let obstacle = c.obstacleToStreaming { return obstacle }
    if c.channels != 1 { return "audio_channels is \(c.channels): a voice is mono" }
    if c.sampleRate != 24000 || c.hop != 320 {
      return "\(c.sampleRate) Hz in frames of \(c.hop): a voice has 24000 Hz in frames of 320"
    }
    return nil
  }
}
