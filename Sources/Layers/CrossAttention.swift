// CrossAttention: the frames of one sequence ask, the tokens of another answer: how a network reads words.
// Tokens have no positions here: their encoder has told them apart already.
import Tensors

/// W_o·softmax((W_q·x + b)·(W_k·c)ᵀ/√d)·W_v·c, for every head.
///
/// Only the query has a bias: a frame that may look at no token gets zeros, exactly. W_o begins at zero, so that a network
/// to which words are added begins as it was.
public struct CrossAttention: Sendable {
  public let heads: Int
  let query: Linear, key: Linear, value: Linear, output: Linear

  /// - Parameter features: the width of a token.
  public init(_ w: Scope, width: Int, features: Int, heads: Int) {
    precondition(width % heads == 0, "width \(width) is not a multiple of \(heads) heads")
    self.heads = heads
    query = Linear(w / "query", inputs: width, outputs: width)
    key = Linear(w / "key", inputs: features, outputs: width, bias: false)
    value = Linear(w / "value", inputs: features, outputs: width, bias: false)
    output = Linear(w / "output", inputs: width, outputs: width, bias: false, initial: .zeros)
  }

  /// - Parameters:
  ///   - x: [batch·copies, frames, width].
  ///   - tokens: [batch, tokens, features].
  ///   - mask: 0 where a frame may look, −∞ where not: [batch, copies·frames, tokens]; nil where it may look at all.
  /// - Returns: [batch·copies, frames, width].
  public func callAsFunction(_ x: Tensor, _ tokens: Tensor, mask: Tensor?) -> Tensor {
    let (batch, width) = (tokens.shape[0], x.shape[2])
    precondition(x.shape[0] % batch == 0, "\(x.shape) reads \(tokens.shape)")
    let asked = query(x).reshaped(batch, x.shape[0] / batch * x.shape[1], width)
    let answer = attention(asked, key(tokens), value(tokens), mask: mask, heads: heads)
    return output(answer.reshaped(x.shape))
  }
}
