// SideStream: a transformer beside the audio stream: Extra-DiT on the roll, Video-DiT on what a film shows.
// Before every layer the two exchange what they know (equation 2 for the film, equation 4 for the roll).
import Layers
import Tensors

/// e'ₐ = eₐ + Wₐ·[eₐ, eₛ] and e'ₛ = eₛ + Wₛ·[eₐ, eₛ]. Both maps begin at zero: the streams start apart.
struct Exchange {
  let audio: Linear
  /// Nil before the last layer, after which nobody listens to the side stream.
  let side: Linear?

  init(_ w: Scope, side name: String, audio audioWidth: Int, width: Int, isLast: Bool) {
    let both = audioWidth + width
    audio = Linear(w / "audio", inputs: both, outputs: audioWidth, bias: false, initial: .zeros)
    side = isLast ? nil : Linear(w / name, inputs: both, outputs: width, bias: false, initial: .zeros)
  }

  /// - Returns: what is added to the audio stream, and the side stream as it goes on.
  func callAsFunction(_ audioStream: Tensor, _ sideStream: Tensor) -> (toAudio: Tensor, side: Tensor) {
    let both = concatenate([audioStream, sideStream], axis: 2)
    return (audio(both), side.map { sideStream + $0(both) } ?? sideStream)
  }
}

/// The stream's input, its layers, and an exchange before each layer of the audio stream, one more than it has itself.
struct SideStream {
  let kind: SideKind
  let input: Linear
  let exchanges: [Exchange], layers: [TransformerBlock]

  /// - Parameters:
  ///   - exchanges: the place of the exchanges' names.
  ///   - features: the width of what it reads.
  init(
    _ w: Scope, _ kind: SideKind, exchanges place: Scope, features: Int, width: Int, heads: Int,
    _ c: GeneratorConfiguration
  ) {
    self.kind = kind
    let own = w / kind.rawValue
    input = Linear(own / "input", inputs: features, outputs: width)
    exchanges = (0..<c.depth).map {
      Exchange(place / $0, side: kind.rawValue, audio: c.audioWidth, width: width, isLast: $0 == c.depth - 1)
    }
    layers = (0..<c.depth - 1).map {
      TransformerBlock(own / "layers" / $0, width: width, heads: heads, expansion: c.expansion)
    }
  }

  /// The streams that a configuration has, in the order of `SideKind`.
  static func all(_ w: Scope, _ c: GeneratorConfiguration) -> [SideStream] {
    var streams: [SideStream] = []
    if c.conditionWidth > 0 {
      streams.append(
        SideStream(
          w, .roll, exchanges: w / "exchanges", features: c.conditionWidth, width: c.rollWidth, heads: c.rollHeads, c))
    }
    if c.videoFeatures > 0 {
      streams.append(
        SideStream(
          w, .video, exchanges: w / "video" / "exchanges", features: c.videoFeatures, width: c.videoWidth,
          heads: c.videoHeads, c))
    }
    return streams
  }
}
