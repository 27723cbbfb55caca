// TrainerConfiguration: what decides a run's result (written in run.json), and apart from it what does not.
import Foundation
import Tensors
import Torch

/// All of the trainer's own settings that change the numbers.
public struct TrainerConfiguration: Sendable, Equatable {
  public var seed: UInt64
  /// Shards a step: the batch. Their number is independent of the number of threads.
  public var shards: Int
  public var schedule: Schedule
  public var optimiser: AdamW
  /// The largest norm of the whole gradient; longer ones are shortened to it.
  public var clip: Float
  public var averageDecay: Float

  public init(
    seed: UInt64 = 1, shards: Int = 4, schedule: Schedule, optimiser: AdamW = AdamW(), clip: Float = 1,
    averageDecay: Float = 0.999
  ) {
    precondition(shards >= 1 && clip > 0, "\(shards) shards, gradients up to \(clip)")
    self.seed = seed
    self.shards = shards
    self.schedule = schedule
    self.optimiser = optimiser
    self.clip = clip
    self.averageDecay = averageDecay
  }

  public var json: JSON {
    [
      "seed": JSON(String(seed)), "shards": JSON(shards), "schedule": schedule.json, "optimiser": optimiser.json,
      "clip": JSON(short: clip), "average": JSON(short: averageDecay),
    ]
  }
}

/// How a run is carried out. None of it changes a weight, save that several ranks round sums otherwise than one.
public struct RunOptions: Sendable {
  public var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Parts in which a step's shards are prepared and computed, one after the other: as many fewer lie in memory at once.
  public var accumulate = 1
  /// Threads that prepare shards; nil for as many as keep up with `threads` by experience.
  public var preparers: Int?
  /// Steps a line of the log.
  public var logEvery = 10
  /// A checkpoint when so many minutes have passed, and, if given, at every multiple of so many steps.
  public var checkpointMinutes = 10.0
  public var checkpointEvery: Int?
  /// How many checkpoints are kept; multiples of `milestoneEvery` are kept for good.
  public var keep = 3
  public var milestoneEvery: Int?
  /// Samples and measures at every multiple of so many steps, and at the end.
  public var evaluateEvery: Int?
  /// Leaves after this step, though the schedule goes on.
  public var until: Int?
  public var showsProgress = true
  /// Who computes the steps, one shard after the other, and keeps the weights; nil for the native kernels.
  public var engine: TorchEngine?
  /// The processes that share the work; nil for one that does it alone.
  public var ranks: (any Ranks)?

  public init() {}
}
