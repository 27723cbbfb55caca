// GradientSum: the gradients of all shards in one flat memory, added in the order of the shards whoever finishes first.
// So a step's result is the same bits for any number of threads.
import Kernels
import Synchronization
import Tensors
import Torch

/// The sum over a step's shards.
final class GradientSum: Sendable {
  private struct Part { let gradients: [Tensor], loss: Tensor, parts: [Measure] }
  private struct State {
    var waiting: [Int: Part] = [:]
    var next = 0
    /// Of the shards, in their order; read when all are in, since a device is asked in passing only.
    var losses: [Tensor] = []
    var parts: [Measure] = []
  }

  /// Laid out as `Weights.flat`.
  let flat: Storage
  private let offsets: [Int]
  private let state = Mutex(State())

  init(_ weights: Weights) {
    flat = Storage(weights.flat.count)
    offsets = weights.parameters.map { $0.data - weights.flat.data }
  }

  /// Begins a step.
  func reset() {
    // An engine begins with the first shard's gradients instead.
    if Engine.current == nil { flat.data.update(repeating: 0, count: flat.count) }
    state.withLock { $0 = State() }
  }

  /// Takes what a shard found, and adds whatever is next in order.
  func add(_ shard: Int, gradients: [Tensor], _ losses: Losses) {
    state.withLock { state in
      state.waiting[shard] = Part(gradients: gradients, loss: losses.total.untracked, parts: losses.parts)
      while let part = state.waiting.removeValue(forKey: state.next) {
        if let engine = TorchEngine.ofThread {
          engine.add(part.gradients, to: flat, isFirst: state.next == 0)
        } else {
          for (gradient, offset) in zip(part.gradients, offsets) {
            fp_accumulate(gradient.shape.count, gradient.data, flat.data + offset)
          }
        }
        state.losses.append(part.loss)
        if state.next == 0 {
          state.parts = part.parts
        } else {
          for index in state.parts.indices { state.parts[index].value += part.parts[index].value }
        }
        state.next += 1
      }
    }
  }

  /// Adds what the other ranks have of the step, in the order of the ranks. Every rank has the same bits then.
  func combine(_ ranks: any Ranks) throws {
    try ranks.sum(flat.data, count: flat.count)
    let own = state.withLock { state in
      [Float(state.next), state.losses.reduce(0) { $0 + $1.scalar }] + state.parts.map(\.value)
    }
    let all = try ranks.gather(own)
    state.withLock { state in
      state.next = all.reduce(0) { $0 + Int($1[0]) }
      state.losses = all.map { Tensor($0[1]) }
      for index in state.parts.indices { state.parts[index].value = all.reduce(0) { $0 + $1[2 + index] } }
    }
  }

  /// √Σ g².
  func norm() -> Float {
    TorchEngine.ofThread.map { $0.sumOfSquares(flat).squareRoot() }
      ?? fp_total_square(flat.count, flat.data).squareRoot()
  }

  /// The mean losses of the shards, once all of them are in.
  func losses(shards: Int) -> (total: Float, parts: [Measure]) {
    state.withLock { state in
      precondition(state.next == shards, "\(state.next) of \(shards) shards are in")
      let total = state.losses.reduce(Float(0)) { $0 + $1.scalar }
      return (total / Float(shards), state.parts.map { Measure($0.name, $0.value / Float(shards)) })
    }
  }
}
