// TrainingCase: steps of a training on two threads, natively or on a libtorch, with the trainer that people use, on made-up
// numbers: as much work, and nothing to read.
import Benchmarking
import Foundation
import Generator
import Layers
import Tensors
import Torch
import Training

/// A task that is timed.
protocol TrainingCase: TrainingTask {
  /// As people train it.
  static var shards: Int { get }
  /// A round's steps.
  static var steps: Int { get }
}

extension TrainingCase {
  /// Seconds a step, of each round.
  func times(rounds: Int, _ engine: TorchEngine? = nil) throws -> Times {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fotoplayer-benchmark-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = TrainerConfiguration(
      shards: Self.shards, schedule: Schedule(peak: 1e-3, warmUp: 0, steps: 1_000_000))
    var seconds: [Double] = []
    for round in 0..<rounds {
      var options = RunOptions()
      options.threads = 2
      options.engine = engine
      options.showsProgress = false
      options.until = (round + 1) * Self.steps
      let trainer = try Trainer(self, configuration, folder: folder.path, options: options)
      let begin = now()
      _ = try trainer.run()
      seconds.append((now() - begin) / Double(Self.steps))
    }
    return Times(
      name: "\(name), training step" + (engine == nil ? "" : ", torch engine"), seconds: seconds,
      sound: secondsPerShard * Double(Self.shards))
  }
}

/// The generator's task with numbers in place of music.
struct GeneratorTrainingCase: TrainingCase {
  static let frames = 128, shards = 8, steps = 12

  struct Shard: Sendable {
    let latents: Tensor, target: Tensor, condition: Tensor, time: Tensor
    let place: Placement
  }

  let name = "generator"
  let configuration: JSON = ["frames": JSON(GeneratorTrainingCase.frames)]
  let weights: Weights
  let secondsPerShard = Double(GeneratorTrainingCase.frames) / 75
  private let model: MultiStreamTransformer

  init(_ c: GeneratorConfiguration) throws {
    (model, weights) = try Weights.make(from: RandomWeights(seed: 1), tracked: true) { MultiStreamTransformer($0, c) }
  }

  func shard(_ random: inout ShardRandom) -> Shard {
    let c = model.configuration
    let frames = Self.frames
    let positions = Tensor(Shape(2 * frames), (0..<2 * frames).map { Float($0 % frames) })
    let mask = BlockMask.training(frames: frames, block: 4, offset: 0, window: c.window, seesPast: true)
    return Shard(
      latents: random.normal(2, frames, c.latentWidth), target: random.normal(1, frames, c.latentWidth),
      condition: random.normal(2, frames, c.conditionWidth), time: Tensor(Shape(2), [1, random.uniform()]),
      place: Placement(queries: positions, keys: positions, mask: mask, copies: 2))
  }

  func losses(_ shard: Shard) -> Losses {
    var past: [KeyValue] = []
    let velocity = model(shard.latents, condition: shard.condition, time: shard.time, shard.place, past: &past)
    return Losses(meanSquare(velocity.slice(axis: 0, start: 1, length: 1) - shard.target))
  }
}

extension ShardRandom {
  /// A tensor of standard normals.
  mutating func normal(_ sizes: Int...) -> Tensor {
    let tensor = Tensor(zeros: Shape(sizes))
    normal(into: tensor.data, count: tensor.shape.count)
    return tensor
  }
}
