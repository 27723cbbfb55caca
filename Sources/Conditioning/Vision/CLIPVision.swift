// CLIPVision: what a picture shows, as numbers: the Vision Transformer of CLIP (Radford et al. 2021) with the weights of
// others under their own names. It is never trained here.
import Layers
import Tensors

/// Pictures in patches, before them one token that sums up; pre-norm blocks of which that token is the result.
public struct CLIPVision: Sendable {
  public let configuration: CLIPConfiguration
  private let patches: Conv2d
  private let summary: Tensor, positions: Tensor
  private let before: LayerNorm, after: LayerNorm
  private let blocks: [CLIPBlock]
  private let projection: Linear?

  /// - Parameter isProjected: whether there is a map into the space that pictures share with captions.
  public init(_ w: Scope, _ c: CLIPConfiguration, isProjected: Bool) {
    configuration = c
    let tower = w / "vision_model"
    let embeddings = tower / "embeddings"
    summary = embeddings("class_embedding", c.width, initial: .zeros)
    patches = Conv2d(
      embeddings / "patch_embedding", inputs: 3, outputs: c.width, taps: (c.patch, c.patch),
      stride: (c.patch, c.patch), bias: false)
    positions = (embeddings / "position_embedding")("weight", c.patches + 1, c.width, initial: .zeros)
    // Their own spelling.
    before = LayerNorm(tower / "pre_layrnorm", width: c.width, epsilon: c.epsilon)
    blocks = (0..<c.layers).map { CLIPBlock(tower / "encoder" / "layers" / $0, c) }
    after = LayerNorm(tower / "post_layernorm", width: c.width, epsilon: c.epsilon)
    projection =
      isProjected ? Linear(w / "visual_projection", inputs: c.width, outputs: c.projection, bias: false) : nil
  }

  /// - Parameter pixels: [pictures, imageSize, imageSize, 3], as `ImagePreprocessing` makes them.
  /// - Returns: the pooled hidden state [pictures, width], and the same in the common space [pictures, projection], not
  ///   brought to unit length; nil where the model has no projection.
  public func callAsFunction(_ pixels: Tensor) -> (pooled: Tensor, projected: Tensor?) {
    let c = configuration
    let count = pixels.shape[0]
    precondition(pixels.shape == Shape(count, c.imageSize, c.imageSize, 3), "pixels \(pixels.shape)")
    let tokens = concatenate(
      [Tensor(zeros: Shape(count, 1, c.width)) + summary, patches(pixels).reshaped(count, c.patches, c.width)], axis: 1)
    let hidden = blocks.reduce(before(tokens + positions)) { $1($0) }
    let pooled = after(hidden.slice(axis: 1, start: 0, length: 1)).reshaped(count, c.width)
    return (pooled, projection.map { $0(pooled) })
  }
}

/// x + attention(norm x), then x + network(norm x).
private struct CLIPBlock: Sendable {
  let attentionNorm: LayerNorm, networkNorm: LayerNorm
  let heads: Int
  let query: Linear, key: Linear, value: Linear, output: Linear
  let up: Linear, down: Linear
  let activation: HiddenActivation

  init(_ w: Scope, _ c: CLIPConfiguration) {
    func map(_ name: String) -> Linear { Linear(w / "self_attn" / name, inputs: c.width, outputs: c.width) }
    (query, key, value, output) = (map("q_proj"), map("k_proj"), map("v_proj"), map("out_proj"))
    attentionNorm = LayerNorm(w / "layer_norm1", width: c.width, epsilon: c.epsilon)
    networkNorm = LayerNorm(w / "layer_norm2", width: c.width, epsilon: c.epsilon)
    up = Linear(w / "mlp" / "fc1", inputs: c.width, outputs: c.hidden)
    down = Linear(w / "mlp" / "fc2", inputs: c.hidden, outputs: c.width)
    (heads, activation) = (c.heads, c.activation)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = attentionNorm(x)
    let x = x + output(attention(query(y), key(y), value(y), heads: heads))
    return x + down(activation(up(networkNorm(x))))
  }
}
