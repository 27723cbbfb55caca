// CodecModel: encoder, decoder and strings under one roof, as they are trained together.
import Codec
import Tensors

/// Everything of a voice but its generator.
public struct CodecModel: Sendable {
  public let configuration: CodecConfiguration
  /// nil where the source has no strings.
  public let table: StringTable?
  public private(set) var encoder: FrameEncoder
  public private(set) var decoder: FrameDecoder

  /// In training: blocks keep only their inputs, and compute the rest again on the walk back.
  public var recomputes: Bool {
    get { encoder.recomputes && decoder.recomputes }
    set { (encoder.recomputes, decoder.recomputes) = (newValue, newValue) }
  }

  public init(_ w: Scope, _ c: CodecConfiguration) {
    configuration = c
    table = LatentCodec.frame(c).strings(w)
    encoder = FrameEncoder(w / "encoder", c)
    decoder = FrameDecoder(w / "decoder", c)
  }
}
