// TrainingTask: what is particular to one training: the model's weights, its material and its loss.
// The trainer does the rest: threads, sums, steps, checkpoints, the log.
import Tensors

/// Something to train.
public protocol TrainingTask: Sendable {
  /// What the losses of one shard are computed from. Made ahead, on another thread.
  associatedtype Shard: Sendable

  /// A word for logs and folders.
  var name: String { get }
  /// All that decides the result beside the trainer's own configuration: sizes of the model, the material.
  var configuration: JSON { get }
  /// Tracked.
  var weights: Weights { get }
  /// Seconds of sound in a shard, for the log; 0 if there is none.
  var secondsPerShard: Double { get }

  /// Who learns beside the model to find fault with it; nil for most.
  var adversary: Adversary? { get }

  /// Draws the material of one shard. It depends on `random` (its seed, step and number) only.
  func shard(_ random: inout ShardRandom) throws -> Shard

  /// The loss of a shard. Called on several threads at once; every thread computes the same bits.
  func losses(_ shard: Shard) -> Losses

  /// Writes samples, and measures what the losses do not tell. The averaged weights are in place.
  ///
  /// - Parameter folder: exists; the files' names need not say the step.
  func evaluate(step: Int, folder: String) throws -> [Measure]
}

extension TrainingTask {
  public var secondsPerShard: Double { 0 }
  public var adversary: Adversary? { nil }
  public func evaluate(step: Int, folder: String) throws -> [Measure] { [] }
}

/// A named number.
public struct Measure: Sendable, Equatable {
  public let name: String
  public var value: Float

  public init(_ name: String, _ value: Float) {
    self.name = name
    self.value = value
  }
}

/// A loss and what it is made of.
public struct Losses: Sendable {
  /// One number, tracked: what is made smaller.
  public let total: Tensor
  /// Its parts, for the log: the same names in every shard, and none of the log's own (`RecentSteps.line`).
  public let parts: [Measure]
  /// What the adversary learns from, where there is one.
  public let opposition: Opposition?

  public init(_ total: Tensor, _ parts: [Measure] = [], opposition: Opposition? = nil) {
    self.total = total
    self.parts = parts
    self.opposition = opposition
  }
}
