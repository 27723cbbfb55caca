// EnCodecLatents: an EnCodec as the codec of a voice: continuous latents, no source, and silence before the first note.
import Tensors

/// Sound to latents. It hears a second of what came before, so that a beginning sounds like any other moment.
public struct EnCodecEncoder: LatentEncoder {
  public let network: SEANet
  private let hop: Int

  public init(_ w: Scope, _ c: EnCodecConfiguration) {
    network = SEANet.encoder(w, c)
    hop = c.hop
  }

  private static let marginFrames = 75

  public var margin: Int { Self.marginFrames * hop }

  public func callAsFunction(_ audio: Tensor, energy: Tensor) -> Tensor {
    var pieces: [Tensor] = []
    network.inPieces(audio.reshaped(audio.shape[0], audio.shape[1], 1)) { latents, _ in pieces.append(latents) }
    let whole = pieces.count == 1 ? pieces[0] : concatenate(pieces, axis: 1)
    return whole.slice(axis: 1, start: Self.marginFrames, length: whole.shape[1] - Self.marginFrames)
  }

  /// What is said of silence, [latentWidth].
  public var silence: Tensor {
    let latents = self(Tensor(zeros: Shape(1, 2 * margin)), energy: Tensor(zeros: Shape(1, Self.marginFrames, 0)))
    let width = latents.shape[2]
    return latents.slice(axis: 1, start: latents.shape[1] - 1, length: 1).reshaped(width).untracked
  }
}

/// Latents to sound. What stands before the first block is not nothing but silence as the encoder says it: the state that
/// a performance begins with is the one that silence leaves.
public struct EnCodecDecoder: LatentDecoder {
  public let network: SEANet
  /// The latents of silence, [latentWidth].
  public let quiet: Tensor
  private let hop: Int

  /// - Parameter quiet: the latents of silence, [latentWidth].
  public init(_ network: SEANet, _ c: EnCodecConfiguration, quiet: Tensor) {
    (self.network, self.quiet, hop) = (network, quiet, c.hop)
  }

  /// Frames of silence after which the state has settled.
  private static let settling = 48

  public func silence(batch: Int) -> DecoderState {
    let width = quiet.shape[0]
    let latents = Tensor(zeros: Shape(batch, max(Self.settling, network.primingFrames), width)) + quiet
    var state: [Tensor]?
    _ = network(latents, state: &state)
    return DecoderState(state!.map(\.untracked))
  }

  public func callAsFunction(
    _ latents: Tensor, source: Tensor, energy: Tensor, state: inout DecoderState
  ) -> Tensor {
    var carried: [Tensor]? = state.tensors
    let sound = network(latents, state: &carried)
    state.tensors = carried!
    return sound.reshaped(latents.shape[0], latents.shape[1], hop)
  }
}
