// CodecModel: encoder, decoder and strings under one roof, as they are trained together.
import Codec
import Tensors

/// Everything of a voice but its generator.
public struct CodecModel: Sendable {
  public let configuration: CodecConfiguration
  public let table: StringTable
  public let encoder: FrameEncoder
  public let decoder: FrameDecoder

  public init(_ w: Scope, _ c: CodecConfiguration) {
    configuration = c
    table = StringTable(w / "source", c.source)
    encoder = FrameEncoder(w / "encoder", c)
    decoder = FrameDecoder(w / "decoder", c)
  }
}
