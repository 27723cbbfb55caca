// TextEncoder: captions in, features out: the tokenizer and the T5 of one folder, and what was computed before, from the
// cache. The weights are read when a caption comes that no cache knows.
import Conditioning
import Synchronization
import Tensors

/// What a caption says, as a generator takes it.
public struct TextFeatures: Sendable {
  /// The last hidden state, [tokens, width].
  public let features: Tensor
  public let tokens: [Int]
  /// How many tokens the caption has; more than `tokens` where it was cut.
  public let whole: Int

  public var isCut: Bool { whole > tokens.count }

  /// The features with zeros behind them, [length, width], and 1 where there is a token, [length]: for captions of one batch.
  public func padded(to length: Int) -> (features: Tensor, mask: Tensor) {
    precondition(length >= tokens.count, "\(tokens.count) tokens in \(length)")
    let (rows, mask) = (Tensor(zeros: Shape(length, features.shape[1])), Tensor(zeros: Shape(length)))
    rows.data.update(from: features.data, count: features.shape.count)
    mask.data.update(repeating: 1, count: tokens.count)
    return (rows, mask)
  }
}

/// A T5 that reads captions. May be used by several threads.
public final class TextEncoder: Sendable {
  public let model: T5Snapshot
  public let tokenizer: Tokenizer
  /// The most tokens of a caption.
  public let limit: Int
  /// A digest of everything that features depend on but for the caption.
  public let identity: String
  private let cache: FeatureCache?
  private let encoder = Mutex<T5Encoder?>(nil)

  public var width: Int { model.configuration.width }

  /// Opens a folder such as a download of google/flan-t5-base.
  ///
  /// - Parameter limit: the most tokens, the end included; at most what the folder states, which is the usual.
  /// - Throws: `WeightsError` that says which file is missing and where it comes from, or what is wrong with one.
  public init(_ place: String, cache: FeatureCache? = nil, limit: Int? = nil) throws(WeightsError) {
    model = try T5Snapshot(place)
    let rules = try model.snapshot.json("tokenizer_config.json")
    // Some state no limit, as a number beyond all counting; T5 was trained on 512.
    let stated = rules?["model_max_length"]?.integer.flatMap { 1...4096 ~= $0 ? $0 : nil } ?? 512
    self.limit = min(limit ?? stated, stated)
    let extra = rules?["extra_ids"]?.integer.flatMap { 0...1000 ~= $0 ? $0 : nil } ?? 100
    let path = try model.snapshot.path("spiece.model")
    tokenizer = try Tokenizer(path: path, extra: extra)
    let (needed, rows) = (tokenizer.count + extra, model.configuration.vocabulary)
    if needed > rows {
      throw WeightsError("\(path): expected at most \(rows) tokens, as config.json states, found \(needed)")
    }
    identity = ContentDigest.text(of: [try model.identity(), try ContentDigest.text(file: path), "\(extra)"])
    self.cache = cache
  }

  /// The features of a caption, which may be empty, or longer than the model reads.
  ///
  /// - Throws: `WeightsError` where the weights cannot be read, or where they make what is no number.
  public func features(of caption: String) throws -> TextFeatures {
    let (tokens, whole) = tokenizer.tokens(caption, limit: limit)
    func made() throws -> [Tensor] {
      let features = try loaded()(tokens)
      try features.checkFinite(model.snapshot.folder)
      return [features]
    }
    let key = ["text", identity, tokens.map { "\($0)" }.joined(separator: " ")]
    let features = try cache.map { try $0.tensors(key, names: ["features"], make: made) } ?? made()
    return TextFeatures(features: features[0], tokens: tokens, whole: whole)
  }

  private func loaded() throws(WeightsError) -> T5Encoder {
    try encoder.withLock { (encoder) throws(WeightsError) in
      if let encoder { return encoder }
      let made = try model.encoder()
      encoder = made
      return made
    }
  }
}
