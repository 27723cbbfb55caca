// MultiStreamTransformer: the paper's generator: an Audio-DiT that reads words in every layer, beside it a Video-DiT and an
// Extra-DiT. The piano is the same network without words and film.
import Layers
import Tensors

/// The velocity field of the flow: v(x, t | roll, film, words).
public struct MultiStreamTransformer: Sendable {
  public let configuration: GeneratorConfiguration
  /// In training: layers keep only their inputs, and compute the rest again on the walk back.
  public var recomputes = false
  let time: TimeEmbedding
  let audioInput: Linear
  let audioLayers: [AudioLayer], sides: [SideStream]
  let steering: Linear, output: Linear

  /// What comes out of a pass.
  public struct Result {
    /// [batch·copies, frames, latentWidth].
    public let velocity: Tensor
    /// The streams behind their first layer, [batch·copies, frames, width]: what the contrastive losses compare.
    public let audio: Tensor, sides: [SideKind: Tensor]
  }

  public init(_ w: Scope, _ c: GeneratorConfiguration) {
    configuration = c
    time = TimeEmbedding(w / "time", width: c.timeWidth)
    audioInput = Linear(w / "audio" / "input", inputs: c.latentWidth, outputs: c.audioWidth)
    audioLayers = (0..<c.depth).map { AudioLayer(w / "audio" / "layers" / $0, c) }
    sides = SideStream.all(w, c)
    steering = Linear(w / "steering", inputs: c.timeWidth, outputs: 2 * c.audioWidth, initial: .zeros)
    output = Linear(w / "output", inputs: c.audioWidth, outputs: c.latentWidth, initial: .zeros)
  }

  /// The velocity under a roll alone: the piano.
  ///
  /// - Parameter condition: roll and source energies, [batch·copies, frames, conditionWidth]; the rest as in `pass`.
  /// - Returns: [batch·copies, frames, latentWidth].
  public func callAsFunction(
    _ latents: Tensor, condition: Tensor, time flow: Tensor, _ place: Placement, past: inout [KeyValue]
  ) -> Tensor {
    pass(latents, Guides(roll: Guide(condition)), time: flow, place, past: &past).velocity
  }

  /// - Parameters:
  ///   - latents: x_t, [batch·copies, frames, latentWidth].
  ///   - guides: of streams that the model has.
  ///   - time: flow time of each sequence, [batch·copies].
  ///   - past: of every layer the audio stream's, then those of the sides that are present (`cacheWidths`); empty when there
  ///     is no past. Replaced by what the next block needs.
  public func pass(
    _ latents: Tensor, _ guides: Guides, time flow: Tensor, _ place: Placement, past: inout [KeyValue]
  ) -> Result {
    for kind in SideKind.allCases where guides[kind] != nil {
      precondition(sides.contains { $0.kind == kind }, "a model without a \(kind.rawValue) stream is given one")
    }
    precondition(guides.text == nil || configuration.textFeatures > 0, "a model that cannot read is given words")
    let present = sides.filter { guides[$0.kind] != nil }
    let reading = guides.text.map { text in
      Reading(
        tokens: text.features, mask: text.mask(frames: latents.shape.rows / text.features.shape[0]))
    }
    let time = time(flow)
    var audio = audioInput(latents)
    var streams = present.map { $0.input(guides[$0.kind]!.features) }
    var first = (audio: audio, sides: streams)
    var memory = past.map(Optional.some)
    if memory.isEmpty { memory = Array(repeating: nil, count: configuration.depth * (1 + present.count)) }
    let recomputes = recomputes && past.isEmpty
    for layer in audioLayers.indices {
      let at = layer * (1 + present.count)
      var heard = audio
      for (index, side) in present.enumerated() {
        let (toAudio, rest) = side.exchanges[layer](audio, streams[index])
        heard = heard + (guides[side.kind]!.presence.map { toAudio * $0 } ?? toAudio)
        streams[index] = rest
        guard layer < side.layers.count else { continue }
        streams[index] = run(recomputes, [rest], &memory[at + 1 + index]) { [block = side.layers[layer]] in
          block($0[0], place, past: &$1)
        }
      }
      audio = run(recomputes, [heard, time], &memory[at]) { [block = audioLayers[layer]] in
        block($0[0], time: $0[1], reading, place, past: &$1)
      }
      if layer == 0 { first = (audio, streams) }
    }
    past = memory.compactMap { $0 }
    let steer = steering(time)
    let width = configuration.audioWidth
    let velocity = output(
      modulate(
        layerNorm(audio), scale: steer.slice(axis: 2, start: 0, length: width),
        shift: steer.slice(axis: 2, start: width, length: width)))
    return Result(
      velocity: velocity, audio: first.audio,
      sides: Dictionary(uniqueKeysWithValues: zip(present.map(\.kind), first.sides)))
  }

  /// A layer, of which the record keeps the inputs alone where it `recomputes`.
  private func run(
    _ recomputes: Bool, _ inputs: [Tensor], _ past: inout KeyValue?,
    _ layer: @escaping @Sendable ([Tensor], inout KeyValue?) -> Tensor
  ) -> Tensor {
    guard recomputes else { return layer(inputs, &past) }
    return recomputed(inputs) {
      var none: KeyValue?
      return layer($0, &none)
    }
  }

  /// The widths of the caches that `past` holds, in order, when these streams are present.
  public func cacheWidths(_ kinds: Set<SideKind>) -> [Int] {
    let c = configuration
    let sides = sides.map(\.kind).filter(kinds.contains).map { $0 == .roll ? c.rollWidth : c.videoWidth }
    let layers = Array(repeating: [c.audioWidth] + sides, count: c.depth)
    return Array(layers.joined().dropLast(sides.count))
  }

  /// The same under a roll alone.
  public var cacheWidths: [Int] { cacheWidths([.roll]) }
}
