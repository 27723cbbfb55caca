// TransformerBlock: attention, then a feed-forward network, each on normalised input and added to what came in.
import Tensors

/// x + attention(norm x), then x + network(norm x).
public struct TransformerBlock: Sendable {
  let first: LayerNorm, second: LayerNorm
  let attention: MultiHeadAttention
  let network: FeedForward

  /// - Parameter expansion: the network's hidden width, in widths.
  public init(_ w: Scope, width: Int, heads: Int, expansion: Int) {
    first = LayerNorm(w / "first", width: width)
    second = LayerNorm(w / "second", width: width)
    attention = MultiHeadAttention(w / "attention", width: width, heads: heads)
    network = FeedForward(w / "network", width: width, hidden: expansion * width)
  }

  /// [batch·copies, frames, width]; `past` as in `MultiHeadAttention`.
  public func callAsFunction(_ x: Tensor, _ place: Placement, past: inout KeyValue?) -> Tensor {
    let x = x + attention(first(x), place, past: &past)
    return x + network(second(x))
  }
}
