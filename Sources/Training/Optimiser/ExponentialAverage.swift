// ExponentialAverage: a running mean of the weights, which performs better than the weights of any one step.
import Glibc
import Kernels
import Tensors
import Torch

/// average ← d·average + (1 − d)·weights, with d = min(decay, (1 + step)/(10 + step)) so that the beginning is soon forgotten.
public final class ExponentialAverage {
  public let decay: Float
  /// Laid out as `Weights.flat`.
  public let flat: Storage
  private let weights: Weights

  /// Begins at the weights as they are.
  public init(_ weights: Weights, decay: Float) {
    self.weights = weights
    self.decay = decay
    flat = Storage(weights.flat.count)
    flat.data.update(from: weights.flat.data, count: flat.count)
  }

  /// Takes in the weights after `step`, counted from 1.
  public func update(step: Int) {
    let kept = min(decay, Float(1 + step) / Float(10 + step))
    if let engine = TorchEngine.ofThread { return engine.average(weights.flat, into: flat, share: 1 - kept) }
    fp_average(flat.count, 1 - kept, weights.flat.data, flat.data)
  }

  /// Lends the average to the model for the time of `body`; the weights come back bit for bit.
  public func lent<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    let (average, present) = (flat.data, weights.flat.data)
    for index in 0..<flat.count { swap(&average[index], &present[index]) }
  }
}
