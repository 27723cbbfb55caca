// MultiStreamTransformer: the paper's Audio-DiT with an Extra-DiT beside it, which reads the roll.
// The streams exchange what they know before every layer: e'ₐ = eₐ + W·[eₐ, eᵣ], and e'ᵣ = eᵣ + W·[eᵣ, eₐ] (equation 4).
import Layers
import Tensors

/// How the two streams learn of each other. Both maps begin at zero: the streams start apart.
struct Exchange {
  let audio: Linear
  let roll: Linear?

  init(_ w: Scope, audio audioWidth: Int, roll rollWidth: Int, isLast: Bool) {
    let both = audioWidth + rollWidth
    audio = Linear(w / "audio", inputs: both, outputs: audioWidth, bias: false, initial: .zeros)
    roll = isLast ? nil : Linear(w / "roll", inputs: both, outputs: rollWidth, bias: false, initial: .zeros)
  }

  func callAsFunction(_ audioStream: Tensor, _ rollStream: Tensor) -> (audio: Tensor, roll: Tensor) {
    let both = concatenate([audioStream, rollStream], axis: 2)
    return (audioStream + audio(both), roll.map { rollStream + $0(both) } ?? rollStream)
  }
}

/// A layer of the audio stream: attention and a gated network, both steered by the flow time.
struct AudioLayer {
  let steering: Linear
  let attention: MultiHeadAttention
  let network: FeedForward

  init(_ w: Scope, width: Int, heads: Int, expansion: Int, time: Int) {
    steering = Linear(w / "steering", inputs: time, outputs: 6 * width, initial: .zeros)
    attention = MultiHeadAttention(w / "attention", width: width, heads: heads)
    network = FeedForward(w / "network", width: width, hidden: expansion * width)
  }

  /// - Parameter time: [batch·copies, 1, time].
  func callAsFunction(_ x: Tensor, time: Tensor, _ place: Placement, past: inout KeyValue?) -> Tensor {
    let width = x.shape[2]
    let steer = steering(time)
    func part(_ index: Int) -> Tensor { steer.slice(axis: 2, start: index * width, length: width) }
    let heard = attention(modulate(layerNorm(x), scale: part(0), shift: part(1)), place, past: &past)
    let x = gatedSum(x, gate: part(2), heard)
    return gatedSum(x, gate: part(5), network(modulate(layerNorm(x), scale: part(3), shift: part(4))))
  }
}

/// The velocity field of the flow: v(x, t | score).
public struct MultiStreamTransformer: Sendable {
  public let configuration: GeneratorConfiguration
  /// In training: layers keep only their inputs, and compute the rest again on the walk back.
  public var recomputes = false
  let time: TimeEmbedding
  let audioInput: Linear, rollInput: Linear
  let exchanges: [Exchange], audioLayers: [AudioLayer], rollLayers: [TransformerBlock]
  let steering: Linear, output: Linear

  public init(_ w: Scope, _ c: GeneratorConfiguration) {
    configuration = c
    time = TimeEmbedding(w / "time", width: c.timeWidth)
    audioInput = Linear(w / "audio" / "input", inputs: c.latentWidth, outputs: c.audioWidth)
    rollInput = Linear(w / "roll" / "input", inputs: c.conditionWidth, outputs: c.rollWidth)
    let layers = 0..<c.depth
    exchanges = layers.map {
      Exchange(w / "exchanges" / $0, audio: c.audioWidth, roll: c.rollWidth, isLast: $0 == c.depth - 1)
    }
    audioLayers = layers.map {
      AudioLayer(
        w / "audio" / "layers" / $0, width: c.audioWidth, heads: c.audioHeads, expansion: c.expansion, time: c.timeWidth
      )
    }
    rollLayers = layers.dropLast().map {
      TransformerBlock(w / "roll" / "layers" / $0, width: c.rollWidth, heads: c.rollHeads, expansion: c.expansion)
    }
    steering = Linear(w / "steering", inputs: c.timeWidth, outputs: 2 * c.audioWidth, initial: .zeros)
    output = Linear(w / "output", inputs: c.audioWidth, outputs: c.latentWidth, initial: .zeros)
  }

  /// - Parameters:
  ///   - latents: x_t, [batch·copies, frames, latentWidth].
  ///   - condition: roll and source energies, [batch·copies, frames, conditionWidth].
  ///   - time: flow time of each sequence, [batch·copies].
  ///   - past: of every layer, audio then roll; empty when there is no past. Replaced by what the next block needs.
  /// - Returns: the velocity, [batch·copies, frames, latentWidth].
  public func callAsFunction(
    _ latents: Tensor, condition: Tensor, time flow: Tensor, _ place: Placement, past: inout [KeyValue]
  ) -> Tensor {
    let time = time(flow)
    var audio = audioInput(latents)
    var roll = rollInput(condition)
    var memory = past.map(Optional.some)
    if memory.isEmpty { memory = Array(repeating: nil, count: cacheWidths.count) }
    for layer in audioLayers.indices {
      (audio, roll) = exchanges[layer](audio, roll)
      if recomputes && past.isEmpty {
        audio = recomputed([audio, time]) { [audioLayers] inputs in
          var none: KeyValue?
          return audioLayers[layer](inputs[0], time: inputs[1], place, past: &none)
        }
        if layer < rollLayers.count {
          roll = recomputed([roll]) { [rollLayers] inputs in
            var none: KeyValue?
            return rollLayers[layer](inputs[0], place, past: &none)
          }
        }
        continue
      }
      audio = audioLayers[layer](audio, time: time, place, past: &memory[2 * layer])
      if layer < rollLayers.count { roll = rollLayers[layer](roll, place, past: &memory[2 * layer + 1]) }
    }
    past = memory.compactMap { $0 }
    let steer = steering(time)
    let width = configuration.audioWidth
    return output(
      modulate(
        layerNorm(audio), scale: steer.slice(axis: 2, start: 0, length: width),
        shift: steer.slice(axis: 2, start: width, length: width)))
  }

  /// The widths of the caches that `past` holds, in order.
  public var cacheWidths: [Int] {
    let pairs = Array(repeating: [configuration.audioWidth, configuration.rollWidth], count: configuration.depth)
    return Array(pairs.joined().dropLast())
  }
}
