// AdamW: the optimiser, with its two moments as flat as the weights, so that a step is one pass over the memory.
// Matrices decay; vectors (biases, the scales of norms) do not, since nothing is gained by pulling them to zero.
import Glibc
import Kernels
import Tensors
import Torch

/// w ← w − rate·(m̂/(√v̂ + ε) + decay·w), with m and v the running means of the gradient and of its square, m̂ and v̂
/// freed of their beginning at zero. Loshchilov and Hutter, *Decoupled weight decay regularization*, 2019.
public struct AdamW: Sendable, Equatable {
  public var beta1: Float, beta2: Float, epsilon: Float, decay: Float

  public init(beta1: Float = 0.9, beta2: Float = 0.99, epsilon: Float = 1e-8, decay: Float = 0.01) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
  }

  var json: JSON {
    [
      "beta1": JSON(short: beta1), "beta2": JSON(short: beta2), "epsilon": JSON(short: epsilon),
      "decay": JSON(short: decay),
    ]
  }
}

/// The weights with what the optimiser remembers of them.
public final class OptimiserState: @unchecked Sendable {
  public let weights: Weights
  /// m and v, laid out as `weights.flat`.
  public let first: Storage, second: Storage
  private let parts: [(offset: Int, count: Int, decays: Bool)]

  public init(_ weights: Weights) {
    self.weights = weights
    first = Storage(weights.flat.count, zeroed: true)
    second = Storage(weights.flat.count, zeroed: true)
    parts = weights.parameters.map { ($0.data - weights.flat.data, $0.shape.count, $0.shape.rank >= 2) }
  }

  /// How many parts `update` may be called for, each on any thread: one a parameter.
  public var partCount: Int { parts.count }

  /// Moves all parameters against the gradient: on the thread's engine, else on the threads of a pool.
  func update(
    _ pool: WorkerPool, _ optimiser: AdamW, step: Int, rate: Float, gradient: Storage, scale: Float
  ) {
    if let engine = TorchEngine.ofThread {
      engine.adamW(
        AdamWStep(
          rate: rate, beta1: optimiser.beta1, beta2: optimiser.beta2, epsilon: optimiser.epsilon,
          decay: optimiser.decay, step: step),
        weights.flat, first, second, gradient: gradient, scale: scale, runs: runs)
    } else {
      pool.run(parts.count) { part in
        self.update(part: part, optimiser, step: step, rate: rate, gradient: gradient, scale: scale)
      }
    }
  }

  /// Neighbours that are treated alike, as one.
  private var runs: [AdamWStep.Run] {
    parts.reduce(into: []) { runs, part in
      if let last = runs.last, last.decays == part.decays, last.offset + last.count == part.offset {
        runs[runs.count - 1].count += part.count
      } else {
        runs.append(AdamWStep.Run(offset: part.offset, count: part.count, decays: part.decays))
      }
    }
  }

  /// Moves one parameter against the gradient.
  ///
  /// - Parameters:
  ///   - step: counts from 1.
  ///   - gradient: of all weights, laid out as `weights.flat`.
  ///   - scale: what the gradient is multiplied with first: the share of a shard, and clipping.
  public func update(
    part: Int, _ optimiser: AdamW, step: Int, rate: Float, gradient: Storage, scale: Float = 1
  ) {
    precondition(gradient.count == weights.flat.count, "\(gradient.count) gradients of \(weights.flat.count) weights")
    let (at, count, decays) = parts[part]
    var kernel = fp_adamw_step(
      rate: rate, beta1: optimiser.beta1, beta2: optimiser.beta2, epsilon: optimiser.epsilon,
      decay: decays ? optimiser.decay : 0, correction1: 1 - pow(Double(optimiser.beta1), Double(step)),
      correction2: 1 - pow(Double(optimiser.beta2), Double(step)))
    fp_adamw(&kernel, count, scale, gradient.data + at, weights.flat.data + at, first.data + at, second.data + at)
  }
}
