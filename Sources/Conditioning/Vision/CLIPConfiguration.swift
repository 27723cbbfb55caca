// CLIPConfiguration: what the `config.json` beside a CLIP's weights says of its vision tower, under the names of Hugging
// Face. Radford et al. 2021; the defaults are those of ViT-B/32, which older configurations leave out.
import Tensors

/// The sizes and rules of CLIP's Vision Transformer.
public struct CLIPConfiguration: Sendable, Equatable {
  /// Width of the hidden states, and inside a feed-forward network.
  public var width = 768, hidden = 3072
  public var layers = 12, heads = 12
  /// Points of a side, of the picture and of a patch.
  public var imageSize = 224, patch = 32
  /// Width of the space that pictures and captions share.
  public var projection = 512
  public var activation = HiddenActivation.quickGELU
  /// Of the norms.
  public var epsilon: Float = 1e-5

  /// Patches of a picture; what is left over at the right and at the bottom belongs to none.
  public var patches: Int { (imageSize / patch) * (imageSize / patch) }

  /// Reads a `config.json` of a whole CLIP or of a vision tower alone. What it says of the text tower is left alone.
  ///
  /// - Throws: `ConfigurationError` with the key, what was expected and what was found.
  public init(_ json: JSON) throws(ConfigurationError) {
    let whole = try ConfigurationReader(json, path: "config")
    let isWhole = try whole.word("model_type", in: ["clip", "clip_vision_model"]) == "clip"
    let read =
      isWhole
      ? try ConfigurationReader(json["vision_config"] ?? .object([]), path: "config.vision_config") : whole
    func integer(_ name: String, in range: ClosedRange<Int>, or usual: Int) throws(ConfigurationError) -> Int {
      read.isAbsent(name) ? usual : try read.integer(name, in: range)
    }
    width = try integer("hidden_size", in: 1...16384, or: width)
    hidden = try integer("intermediate_size", in: 1...(1 << 17), or: hidden)
    layers = try integer("num_hidden_layers", in: 1...256, or: layers)
    heads = try integer("num_attention_heads", in: 1...256, or: heads)
    imageSize = try integer("image_size", in: 1...2048, or: imageSize)
    patch = try integer("patch_size", in: 1...imageSize, or: patch)
    _ = try integer("num_channels", in: 3...3, or: 3)
    // Of a whole CLIP the towers' common word counts, and its tower's where there is none.
    projection = try integer("projection_dim", in: 1...16384, or: projection)
    if isWhole, !whole.isAbsent("projection_dim") { projection = try whole.integer("projection_dim", in: 1...16384) }
    if !read.isAbsent("hidden_act") {
      activation = HiddenActivation(rawValue: try read.word("hidden_act", in: HiddenActivation.names))!
    }
    if !read.isAbsent("layer_norm_eps") { epsilon = Float(try read.number("layer_norm_eps", in: 0...1)) }

    func wrong(_ key: String, _ expected: String, _ found: String) -> ConfigurationError {
      ConfigurationError("config.\(key): expected \(expected), found \(found)")
    }
    if width % heads != 0 { throw wrong("hidden_size", "a multiple of \(heads) heads", "\(width)") }
    if patch > imageSize { throw wrong("patch_size", "at most the image_size \(imageSize)", "\(patch)") }
    if patches > 16384 { throw wrong("patch_size", "at most 16384 patches", "\(patches)") }
  }

  /// Numbers in all weights, but for norms and biases.
  var count: Int {
    width * (3 * patch * patch + patches + projection) + layers * width * (4 * width + 2 * hidden)
  }
}
