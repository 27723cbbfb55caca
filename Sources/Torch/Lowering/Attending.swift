// Attending: attention with its gradient, and rotary positions.
import Tensors

extension Attention: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let (weights, split) = try weights(inputs, torch)
    return try joined(torch("aten::bmm", weights.cast(split.v.type), split.v), inputs[0].sizes)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let (weights, (q, k, v)) = try weights(step.inputs, torch)
    let type = v.type
    let up = try split(step.upstream)
    let dv = try torch("aten::bmm", weights.cast(type).permuted(0, 2, 1), up)
    let slope = try torch("aten::bmm", up, v.permuted(0, 2, 1)).cast(weights.type)
    let dscores = try (torch("aten::_softmax_backward_data", slope, weights, -1, weights.type) * scale(q)).cast(type)
    let dq = try torch("aten::bmm", dscores, k)
    let dk = try torch("aten::bmm", dscores.permuted(0, 2, 1), q)
    let results = try zip([dq, dk, dv], step.inputs).map { try joined($0, $1.sizes) }
    return results + (step.inputs.count > 3 ? [nil] : [])
  }

  /// The softmax of every head's scores in float32, [batch·heads, queries, keys], and what goes in by heads.
  private func weights(_ inputs: [TorchTensor], _ torch: Torch) throws
    -> (TorchTensor, (q: TorchTensor, k: TorchTensor, v: TorchTensor))
  {
    let (q, k, v) = try (split(inputs[0]), split(inputs[1]), split(inputs[2]))
    var scores = try torch("aten::bmm", q, k.permuted(0, 2, 1)).cast(torch.library.functions.float32) * scale(q)
    if inputs.count > 3 {
      // One mask for all, or one for each of the batch.
      let mask = inputs[3]
      let (rows, columns) = (scores.sizes[1], scores.sizes[2])
      let batch = inputs[0].sizes[0]
      let byHead = try scores.viewed([batch, heads, rows, columns])
      scores = try (byHead + mask.viewed([mask.sizes.count == 3 ? batch : 1, 1, rows, columns]))
        .viewed([batch * heads, rows, columns])
    }
    // A query that may look at nothing looks at nothing, where the plain one has no number.
    return (try torch("aten::_safe_softmax", scores, -1, nothing), (q, k, v))
  }

  private func scale(_ q: TorchTensor) -> Float { 1 / Float(q.sizes[2]).squareRoot() }

  /// [batch, tokens, heads·d] as [batch·heads, tokens, d].
  private func split(_ x: TorchTensor) throws -> TorchTensor {
    let s = x.sizes
    let d = s[2] / heads
    return try x.rounded().viewed([s[0], heads, s[1], d], strides: [s[1] * s[2], d, s[2], 1]).contiguously()
      .viewed([s[0] * heads, s[1], d])
  }

  /// The way back, to the sizes given.
  private func joined(_ x: TorchTensor, _ sizes: [Int]) throws -> TorchTensor {
    try x.contiguously().viewed([sizes[0], heads, sizes[1], sizes[2] / heads]).permuted(0, 2, 1, 3)
  }
}

extension Rotary: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let s = inputs[0].sizes
    let half = s[2] / heads / 2
    let pairs = try inputs[0].viewed([s[0], s[1], heads, 2, half])
    let (a, b) = try (pairs.part(3, 0, 1), pairs.part(3, 1, 1))
    let turns = try inputs[1].viewed([s[1], 1, 2, half])
    let (cosine, sine) = try (turns.part(2, 0, 1), turns.part(2, 1, 1) * direction)
    return try torch("aten::cat", [a * cosine - b * sine, b * cosine + a * sine], 3)
  }
}
