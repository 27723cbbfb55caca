// RecomputationTests: a segment that is computed again has the gradients of one that is kept, and takes less memory.
import Tensors
import Testing

@Suite struct RecomputationTests {
  private func leaf(_ seed: UInt64, _ sizes: Int...) -> Tensor {
    let tensor = Tensor(zeros: Shape(sizes))
    RandomWeights(seed: seed).fill("leaf", tensor, initial: .uniform(bound: 0.3))
    return tensor.tracked
  }

  /// Layers that each read the one before, a second input that all of them read, and one weight that all of them share.
  private func loss(_ x: Tensor, _ steer: Tensor, _ weights: [Tensor], _ shared: Tensor, recomputes: Bool) -> Tensor {
    var x = x
    for weight in weights {
      let layer: @Sendable ([Tensor]) -> Tensor = { inputs in
        let hidden = gelu(LinearMap()(layerNorm(inputs[0]), weight)) * inputs[1]
        return inputs[0] + LinearMap()(silu(hidden), shared)
      }
      x = recomputes ? recomputed([x, steer], layer) : layer([x, steer])
    }
    return meanSquare(x)
  }

  @Test func `The gradients are the same bits`() {
    let x = leaf(1, 40, 16)
    let steer = leaf(2, 40, 64)
    let shared = leaf(3, 16, 64)
    let weights = (0..<6).map { leaf(UInt64(10 + $0), 64, 16) }
    let leaves = [x, steer, shared] + weights
    let kept = gradients(of: loss(x, steer, weights, shared, recomputes: false), for: leaves)
    let again = gradients(of: loss(x, steer, weights, shared, recomputes: true), for: leaves)
    for (one, other) in zip(kept, again) {
      #expect(one.array.map(\.bitPattern) == other.array.map(\.bitPattern))
      #expect(one.array.contains { $0 != 0 })
    }
  }

  @Test func `Only the borders of the segments are kept`() {
    let x = leaf(1, 400, 16)
    let steer = leaf(2, 400, 64)
    let shared = leaf(3, 16, 64)
    let weights = (0..<12).map { leaf(UInt64(10 + $0), 64, 16) }
    func bytes(recomputes: Bool) -> Int {
      Storage.peak {
        gradients(of: loss(x, steer, weights, shared, recomputes: recomputes), for: [x, shared] + weights).count
      }.bytes
    }
    let kept = bytes(recomputes: false)
    let again = bytes(recomputes: true)
    // A layer keeps 4 × [400, 64] and 3 × [400, 16] numbers, of which its input is one of the latter.
    #expect(kept > 12 * 400 * (4 * 64 + 3 * 16) * 4)
    #expect(again < kept / 4)
    #expect(again > 12 * 400 * 16 * 4)
  }

  @Test func `What nobody asks for is not computed, and untracked inputs stay constants`() {
    let constant = leaf(1, 8, 4).untracked
    let weight = leaf(2, 4, 4)
    let y = recomputed([constant]) { LinearMap()($0[0], weight) }
    let found = gradients(of: meanSquare(y), for: [weight])[0]
    #expect(found.array == gradients(of: meanSquare(LinearMap()(constant, weight)), for: [weight])[0].array)
    #expect(!recomputed([constant]) { $0[0] * 2 }.isTracked)
  }
}
