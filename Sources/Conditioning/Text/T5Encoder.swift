// T5Encoder: a caption's tokens to features that know of each other: the encoder of T5 (Raffel et al. 2020) with the
// weights of others under their own names. It is never trained here.
import Glibc
import Layers
import Tensors

/// tokens ↦ [tokens, width]; pre-norm residual blocks, then a norm.
public struct T5Encoder: Sendable {
  public let configuration: T5Configuration
  private let embedding: Tensor
  private let distances: T5Distances
  private let blocks: [T5Block]
  private let norm: RMSNorm

  public init(_ w: Scope, _ c: T5Configuration) {
    configuration = c
    embedding = (w / "shared").constant("weight", c.vocabulary, c.width)
    let encoder = w / "encoder"
    distances = T5Distances(encoder / "block" / 0 / "layer" / 0 / "SelfAttention" / "relative_attention_bias", c)
    blocks = (0..<c.layers).map { T5Block(encoder / "block" / $0, c) }
    norm = RMSNorm(encoder / "final_layer_norm", width: c.width, epsilon: c.epsilon)
  }

  /// The features of one caption alone: nothing is padded, so nothing need be masked.
  ///
  /// - Parameter tokens: at least one, each below the vocabulary.
  /// - Returns: [tokens, width], the last hidden state.
  public func callAsFunction(_ tokens: [Int]) -> Tensor {
    let c = configuration
    precondition(!tokens.isEmpty && tokens.allSatisfy { 0..<c.vocabulary ~= $0 }, "tokens \(tokens)")
    let rows = Tensor(zeros: Shape(1, tokens.count, c.width))
    for (index, token) in tokens.enumerated() {
      (rows.data + index * c.width).update(from: embedding.storage.reading + token * c.width, count: c.width)
    }
    let bias = distances(tokens.count)
    let hidden = blocks.reduce(rows) { $1($0, bias: bias) }
    return norm(hidden).reshaped(tokens.count, c.width)
  }
}

/// What a head thinks of a distance between two tokens, learned for a few ranges of distances and shared by all layers.
private struct T5Distances: Sendable {
  let table: Tensor
  let buckets: Int, reach: Int, heads: Int

  init(_ w: Scope, _ c: T5Configuration) {
    table = w.constant("weight", c.buckets, c.heads)
    (buckets, reach, heads) = (c.buckets, c.reach, c.heads)
  }

  /// Added to the scores of tokens that look at each other, [heads, tokens, tokens].
  func callAsFunction(_ tokens: Int) -> Tensor {
    let found = (1 - tokens..<tokens).map { bucket(keyLessQuery: $0) }
    let bias = Tensor(zeros: Shape(heads, tokens, tokens))
    for head in 0..<heads {
      for query in 0..<tokens {
        let row = bias.data + (head * tokens + query) * tokens
        for key in 0..<tokens { row[key] = table[found[key - query + tokens - 1] * heads + head] }
      }
    }
    return bias
  }

  /// Half of the buckets for each side. Of a half, the first half is of one distance each; then they widen by logarithms,
  /// and from `reach` on all is one.
  private func bucket(keyLessQuery: Int) -> Int {
    let half = buckets / 2
    let side = keyLessQuery > 0 ? half : 0
    let distance = abs(keyLessQuery)
    let exact = half / 2
    if distance < exact { return side + distance }
    let steps =
      logf(Float(distance) / Float(exact)) / Float(log(Double(reach) / Double(exact))) * Float(half - exact)
    return side + min(half - 1, exact + Int(steps))
  }
}

/// x + attention(norm x), then x + network(norm x).
private struct T5Block: Sendable {
  let attentionNorm: RMSNorm, networkNorm: RMSNorm
  let attention: T5Attention
  let network: T5Network

  init(_ w: Scope, _ c: T5Configuration) {
    attention = T5Attention(w / "layer" / 0 / "SelfAttention", c)
    attentionNorm = RMSNorm(w / "layer" / 0 / "layer_norm", width: c.width, epsilon: c.epsilon)
    network = T5Network(w / "layer" / 1 / "DenseReluDense", c)
    networkNorm = RMSNorm(w / "layer" / 1 / "layer_norm", width: c.width, epsilon: c.epsilon)
  }

  func callAsFunction(_ x: Tensor, bias: Tensor) -> Tensor {
    let x = x + attention(attentionNorm(x), bias: bias)
    return x + network(networkNorm(x))
  }
}

/// softmax(QKᵀ + bias)·V: the scores are not divided by √d, as T5's initial weights expect.
private struct T5Attention: Sendable {
  let heads: Int, headWidth: Int
  let query: Linear, key: Linear, value: Linear, output: Linear

  init(_ w: Scope, _ c: T5Configuration) {
    (heads, headWidth) = (c.heads, c.headWidth)
    let inner = c.heads * c.headWidth
    query = Linear(w / "q", inputs: c.width, outputs: inner, bias: false)
    key = Linear(w / "k", inputs: c.width, outputs: inner, bias: false)
    value = Linear(w / "v", inputs: c.width, outputs: inner, bias: false)
    output = Linear(w / "o", inputs: inner, outputs: c.width, bias: false)
  }

  /// Heads lie along the batch, where each has a bias of its own. [1, tokens, width] ↦ the same.
  func callAsFunction(_ x: Tensor, bias: Tensor) -> Tensor {
    func apart(_ y: Tensor) -> Tensor {
      concatenate((0..<heads).map { y.slice(axis: 2, start: $0 * headWidth, length: headWidth) }, axis: 0)
    }
    let unscaled = apart(query(x)) * Float(headWidth).squareRoot()
    let attended = attention(unscaled, apart(key(x)), apart(value(x)), mask: bias, heads: 1)
    return output(concatenate((0..<heads).map { attended.slice(axis: 0, start: $0, length: 1) }, axis: 2))
  }
}

/// wo·(f(wi₀·x) ∘ wi₁·x), or wo·f(wi·x).
private struct T5Network: Sendable {
  let activation: HiddenActivation
  let inner: Linear, gate: Linear?, output: Linear

  init(_ w: Scope, _ c: T5Configuration) {
    activation = c.activation
    inner = Linear(w / (c.isGated ? "wi_0" : "wi"), inputs: c.width, outputs: c.hidden, bias: false)
    gate = c.isGated ? Linear(w / "wi_1", inputs: c.width, outputs: c.hidden, bias: false) : nil
    output = Linear(w / "wo", inputs: c.hidden, outputs: c.width, bias: false)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let hidden = activation(inner(x))
    return output(gate.map { hidden * $0(x) } ?? hidden)
  }
}
