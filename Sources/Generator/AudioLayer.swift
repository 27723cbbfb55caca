// AudioLayer: a layer of the Audio-DiT: attention and a gated network, both steered by the flow time; between them, where
// the model reads words, attention to those.
import Layers
import Tensors

/// What a layer reads of captions: tokens, and which of them each frame may look at.
struct Reading: Sendable {
  let tokens: Tensor, mask: Tensor?
}

/// x + g₁·attention(norm(x)·(1 + s₁) + b₁), then + words(norm x), then + g₂·network(norm(x)·(1 + s₂) + b₂), with g, s and b
/// linear in the flow time's vector.
struct AudioLayer {
  let steering: Linear
  let attention: MultiHeadAttention
  let text: CrossAttention?
  let network: FeedForward

  init(_ w: Scope, _ c: GeneratorConfiguration) {
    let width = c.audioWidth
    steering = Linear(w / "steering", inputs: c.timeWidth, outputs: 6 * width, initial: .zeros)
    attention = MultiHeadAttention(w / "attention", width: width, heads: c.audioHeads)
    text =
      c.textFeatures == 0
      ? nil : CrossAttention(w / "text", width: width, features: c.textFeatures, heads: c.audioHeads)
    network = FeedForward(w / "network", width: width, hidden: c.expansion * width)
  }

  /// - Parameters:
  ///   - time: [batch·copies, 1, time].
  ///   - reading: nil where there are no words.
  func callAsFunction(
    _ x: Tensor, time: Tensor, _ reading: Reading?, _ place: Placement, past: inout KeyValue?
  ) -> Tensor {
    let width = x.shape[2]
    let steer = steering(time)
    func part(_ index: Int) -> Tensor { steer.slice(axis: 2, start: index * width, length: width) }
    let heard = attention(modulate(layerNorm(x), scale: part(0), shift: part(1)), place, past: &past)
    var x = gatedSum(x, gate: part(2), heard)
    if let text, let reading { x = x + text(layerNorm(x), reading.tokens, mask: reading.mask) }
    return gatedSum(x, gate: part(5), network(modulate(layerNorm(x), scale: part(3), shift: part(4))))
  }
}
