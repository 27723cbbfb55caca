// T5Configuration: what the `config.json` beside a T5's weights says of its encoder, under the names of Hugging Face.
// Raffel et al. 2020 (T5), Chung et al. 2022 (FLAN-T5, whose networks are gated).
import Tensors

/// The sizes and rules of a T5's encoder.
public struct T5Configuration: Sendable, Equatable {
  /// Rows of the table of tokens, and the width of the features.
  public var vocabulary: Int, width: Int
  /// Layers, heads of each, and the width of a head; heads · headWidth need not be the width.
  public var layers: Int, heads: Int, headWidth: Int
  /// Width inside a feed-forward network, its non-linearity, and whether that is multiplied with a second map.
  public var hidden: Int, activation: HiddenActivation, isGated: Bool
  /// How many distances are told apart, and from which on all are one.
  public var buckets = 32, reach = 128
  /// Of the norms.
  public var epsilon: Float = 1e-6

  /// Reads a `config.json`. What it says of the decoder is left alone.
  ///
  /// - Throws: `ConfigurationError` with the key, what was expected and what was found.
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "config")
    _ = try read.word("model_type", in: ["t5"])
    vocabulary = try read.integer("vocab_size", in: 3...(1 << 20))
    width = try read.integer("d_model", in: 1...16384)
    layers = try read.integer("num_layers", in: 1...256)
    heads = try read.integer("num_heads", in: 1...256)
    headWidth = try read.integer("d_kv", in: 1...1024)
    hidden = try read.integer("d_ff", in: 1...(1 << 17))
    if !read.isAbsent("relative_attention_num_buckets") {
      buckets = try read.integer("relative_attention_num_buckets", in: 4...4096)
    }
    // Configurations from before the key was introduced mean 128.
    if !read.isAbsent("relative_attention_max_distance") {
      reach = try read.integer("relative_attention_max_distance", in: (buckets / 4 + 1)...(1 << 20))
    }
    if !read.isAbsent("layer_norm_epsilon") { epsilon = Float(try read.number("layer_norm_epsilon", in: 0...1)) }
    let gated = HiddenActivation.names.map { "gated-" + $0 }
    let network =
      read.isAbsent("feed_forward_proj")
      ? "relu" : try read.word("feed_forward_proj", in: HiddenActivation.names + gated)
    isGated = network.hasPrefix("gated-")
    // A gated gelu is the tanh form, by a rule of its own.
    activation =
      network == "gated-gelu" ? .geluNew : HiddenActivation(rawValue: isGated ? String(network.dropFirst(6)) : network)!
  }

  /// Numbers in all weights.
  var count: Int {
    vocabulary * width + layers * width * (4 * heads * headWidth + (isGated ? 3 : 2) * hidden)
  }
}
