// TorchOptimiser: the rest of a training step on the device: the gradients' sum, their norm, AdamW, and the average.
// Weights, moments and the average stay there from step to step; the host gets them when a checkpoint asks.
import Tensors

/// A step of AdamW over flat memory: w ← w − rate·(m̂/(√v̂ + ε) + decay·w).
public struct AdamWStep: Sendable {
  /// A range of the memory, and whether its weights decay.
  public struct Run: Sendable, Equatable {
    public let offset: Int
    public var count: Int
    public let decays: Bool

    public init(offset: Int, count: Int, decays: Bool) {
      (self.offset, self.count, self.decays) = (offset, count, decays)
    }
  }

  let rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, step: Int

  /// - Parameter step: counts from 1.
  public init(rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, step: Int) {
    (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
    (self.decay, self.step) = (decay, step)
  }
}

extension TorchEngine {
  /// flat ← gradients, or flat + gradients; they lie behind each other in it, in their order.
  public func add(_ gradients: [Tensor], to flat: Storage, isFirst: Bool) {
    attempt {
      let parts = try gradients.map { try tensor($0).viewed([$0.shape.count]) }
      let whole = try flatTensor(flat, written: true)
      if isFirst {
        _ = try torch("aten::cat.out", parts, 0, whole)
      } else {
        try whole.copy(from: whole + torch("aten::cat", parts, 0))
      }
    }
  }

  /// Σ x²; not a number when it could not be computed.
  public func sumOfSquares(_ flat: Storage) -> Float {
    var total = Float.nan
    attempt {
      let flat = try flatTensor(flat)
      let sum = try torch("aten::dot", flat, flat)
      try withUnsafeMutablePointer(to: &total) { try torch.over($0, []).copy(from: sum) }
    }
    return total
  }

  /// Moves the weights against scale·gradient, which is scaled in place.
  public func adamW(
    _ step: AdamWStep, _ weights: Storage, _ first: Storage, _ second: Storage, gradient: Storage, scale: Float,
    runs: [AdamWStep.Run]
  ) {
    attempt {
      let whole = try [(weights, true), (gradient, true), (first, true), (second, true)].map(flatTensor)
      _ = try torch("aten::mul_.Tensor", whole[1], torch.number(fresh: scale))
      let count = try torch.number(fresh: Float(step.step))
      for decays in [true, false] {
        let runs = runs.filter { $0.decays == decays }
        if runs.isEmpty { continue }
        let parts = try whole.map { tensor in try runs.map { try tensor.viewed([$0.count], offset: $0.offset) } }
        _ = try torch.run(
          "aten::_fused_adamw_",
          [
            parts[0], parts[1], parts[2], parts[3], [TorchTensor](), runs.map { _ in count }, Double(step.rate),
            Double(step.beta1), Double(step.beta2), decays ? Double(step.decay) : 0, Double(step.epsilon), false, false,
            nothing, nothing,
          ], results: 0)
      }
    }
  }

  /// average ← average + share·(values − average).
  public func average(_ values: Storage, into average: Storage, share: Float) {
    attempt {
      _ = try torch(
        "aten::lerp_.Tensor", flatTensor(average, written: true), flatTensor(values), torch.number(fresh: share))
    }
  }

  private func flatTensor(_ flat: Storage, written: Bool = false) throws -> TorchTensor {
    try memory(flat, written: written).tensor.viewed([flat.count])
  }

  /// What goes wrong is kept for `check`.
  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch { failed(error) }
  }
}
