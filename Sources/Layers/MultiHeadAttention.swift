// MultiHeadAttention: self-attention of a sequence over its present and its cached past.
// Keys are cached as they were projected and turned by rotary positions relative to the window, so a performance may
// last for hours without its angles growing.
import Tensors

/// What a layer remembers of earlier blocks: keys and values [batch, window, width], oldest first.
public struct KeyValue: Sendable {
  public var keys: Tensor, values: Tensor

  public init(keys: Tensor, values: Tensor) {
    self.keys = keys
    self.values = values
  }
}

/// Where the tokens of a call stand, and what each may look at.
public struct Placement: Sendable {
  /// Rotary positions in frames: of the queries [queries], and of the past followed by the present [window + queries].
  public let queries: Tensor, keys: Tensor
  /// 0 where a query may look, −∞ where not: [queries, window + queries].
  public let mask: Tensor
  /// How many copies of a sequence lie behind each other in the batch: 2 in training (clean, noisy), else 1.
  public let copies: Int

  public init(queries: Tensor, keys: Tensor, mask: Tensor, copies: Int = 1) {
    precondition(mask.shape == Shape(queries.shape.count, keys.shape.count), "mask \(mask.shape)")
    self.queries = queries
    self.keys = keys
    self.mask = mask
    self.copies = copies
  }
}

/// softmax(QKᵀ/√d + mask)·V with rotary Q and K.
public struct MultiHeadAttention: Sendable {
  public let heads: Int
  let query: Linear, key: Linear, value: Linear, output: Linear

  public init(_ w: Scope, width: Int, heads: Int) {
    precondition(width % (2 * heads) == 0, "width \(width) is not a multiple of 2 × \(heads) heads")
    self.heads = heads
    query = Linear(w / "query", inputs: width, outputs: width)
    key = Linear(w / "key", inputs: width, outputs: width, bias: false)
    value = Linear(w / "value", inputs: width, outputs: width)
    output = Linear(w / "output", inputs: width, outputs: width)
  }

  /// - Parameters:
  ///   - x: [batch·copies, frames, width].
  ///   - past: what `window` earlier frames left; nil when there are none. Replaced by the newest `window` frames.
  /// - Returns: [batch·copies, frames, width].
  public func callAsFunction(_ x: Tensor, _ place: Placement, past: inout KeyValue?) -> Tensor {
    let batch = x.shape[0] / place.copies
    let tokens = x.shape[1] * place.copies
    let width = x.shape[2]
    func together(_ y: Tensor) -> Tensor { y.reshaped(batch, tokens, width) }
    var keys = together(key(x))
    var values = together(value(x))
    if let before = past {
      let window = before.keys.shape[1]
      keys = concatenate([before.keys, keys], axis: 1)
      values = concatenate([before.values, values], axis: 1)
      past = KeyValue(
        keys: keys.slice(axis: 1, start: tokens, length: window),
        values: values.slice(axis: 1, start: tokens, length: window))
    }
    let attended = attention(
      rotary(together(query(x)), positions: place.queries, heads: heads),
      rotary(keys, positions: place.keys, heads: heads), values, mask: place.mask, heads: heads)
    return output(attended.reshaped(x.shape))
  }
}
