// Attention: softmax(q·kᵀ/√d + mask)·v with several heads, as one operation; the scores never leave the cache.
import Glibc
import Kernels

/// q [batch, queries, heads·d], k and v [batch, keys, heads·d], and an additive mask [queries, keys] or
/// [batch, queries, keys], give [batch, queries, heads·d]. A query that may look at nothing gets zeros.
public struct Attention: Primitive {
  public let heads: Int

  public init(heads: Int) { self.heads = heads }

  private func sizes(_ q: Shape, _ k: Shape, _ mask: Shape?) -> fp_attention_shape {
    precondition(
      q.rank == 3 && k.rank == 3 && q[0] == k[0] && q[2] == k[2] && q[2] % heads == 0, "attention of \(q) to \(k)")
    if let mask {
      precondition(
        mask[-2] == q[1] && mask[-1] == k[1] && (mask.rank == 2 || mask[0] == q[0]), "mask \(mask) of \(q), \(k)")
    }
    let width = q[2] / heads
    return fp_attention_shape(
      batch: q[0], queries: q[1], keys: k[1], heads: heads, width: width, scale: 1 / sqrtf(Float(width)),
      mask_step: mask?.rank == 3 ? q[1] * k[1] : 0)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[1] == inputs[2], "keys \(inputs[1]) and values \(inputs[2])")
    _ = sizes(inputs[0], inputs[1], inputs.count > 3 ? inputs[3] : nil)
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape, inputs[1].shape, inputs.count > 3 ? inputs[3].shape : nil)
    fp_attention(
      &sizes, inputs[0].data, inputs[1].data, inputs[2].data, inputs.count > 3 ? inputs[3].data : nil, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let q = step.inputs[0]
    let k = step.inputs[1]
    let v = step.inputs[2]
    let mask = step.inputs.count > 3 ? step.inputs[3] : nil
    precondition(mask == nil || !step.wants(3), "a mask is not trained")
    var sizes = sizes(q.shape, k.shape, mask?.shape)
    let results = [q, k, v].map { Tensor($0.shape, storage: Storage($0.shape.count)) }
    fp_attention_backward(
      &sizes, q.data, k.data, v.data, mask?.data, step.upstream.data, results[0].data, results[1].data, results[2].data)
    return results + (mask == nil ? [] : [nil])
  }
}

public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, heads: Int) -> Tensor {
  Attention(heads: heads)([q, k, v] + (mask.map { [$0] } ?? []))
}

/// Rotary positions (Su et al. 2021): the pairs (i, i + d/2) of each head turn by position·10000^(−2i/d).
/// The turns come as a table, so that a program does not compute cosines.
public struct Rotary: Primitive {
  public let heads: Int, direction: Float

  public init(heads: Int, direction: Float = 1) {
    self.heads = heads
    self.direction = direction
  }

  /// The cosines and sines of some positions, [tokens] ↦ [tokens, d].
  public static func turns(_ positions: Tensor, width: Int) -> Tensor {
    let turns = Tensor(zeros: Shape(positions.shape.count, width))
    fp_rotary_turns(positions.shape.count, width, 10000, positions.data, turns.data)
    return turns
  }

  /// x [batch, tokens, heads·d] and turns [tokens, d].
  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(
      inputs[0].rank == 3 && inputs[0][2] % (2 * heads) == 0 && inputs[1] == Shape(inputs[0][1], inputs[0][2] / heads),
      "rotary turns \(inputs[1]) of \(inputs[0]) in \(heads) heads")
    return inputs[0]
  }

  public func run(_ inputs: Views, _ output: View) {
    let shape = output.shape
    fp_rotary(shape[0], shape[1], heads, shape[2] / heads, direction, inputs[1].data, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    [Rotary(heads: heads, direction: -direction)(step.upstream, step.inputs[1]), nil]
  }
}

/// Turns x [batch, tokens, heads·d] to its positions [tokens], which are constants.
public func rotary(_ x: Tensor, positions: Tensor, heads: Int) -> Tensor {
  Rotary(heads: heads)(x, Rotary.turns(positions, width: x.shape[2] / heads))
}
