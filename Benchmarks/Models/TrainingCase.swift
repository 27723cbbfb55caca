// TrainingCase: steps of the generator's training on two threads, with the trainer that people use, natively or on a
// libtorch, on made-up latents.
import Benchmarking
import Foundation
import Generator
import Layers
import Tensors
import Torch
import Training

/// The generator's task with numbers in place of music: as much work, and nothing to read.
struct TrainingCase: TrainingTask {
  static let frames = 128, shards = 8, steps = 12

  struct Shard: Sendable {
    let latents: Tensor, target: Tensor, condition: Tensor, time: Tensor
    let place: Placement
  }

  let name = "benchmark"
  let configuration: JSON = ["frames": JSON(TrainingCase.frames)]
  let weights: Weights
  private let model: MultiStreamTransformer

  init(_ c: GeneratorConfiguration) throws {
    (model, weights) = try Weights.make(from: RandomWeights(seed: 1), tracked: true) { MultiStreamTransformer($0, c) }
  }

  func shard(_ random: inout ShardRandom) -> Shard {
    let c = model.configuration
    func normal(_ shape: Shape) -> Tensor {
      let tensor = Tensor(zeros: shape)
      random.normal(into: tensor.data, count: shape.count)
      return tensor
    }
    let frames = Self.frames
    let positions = Tensor(Shape(2 * frames), (0..<2 * frames).map { Float($0 % frames) })
    let mask = BlockMask.training(frames: frames, block: 4, offset: 0, window: c.window, seesPast: true)
    return Shard(
      latents: normal(Shape(2, frames, c.latentWidth)), target: normal(Shape(1, frames, c.latentWidth)),
      condition: normal(Shape(2, frames, c.conditionWidth)), time: Tensor(Shape(2), [1, random.uniform()]),
      place: Placement(queries: positions, keys: positions, mask: mask, copies: 2))
  }

  func losses(_ shard: Shard) -> Losses {
    var past: [KeyValue] = []
    let velocity = model(shard.latents, condition: shard.condition, time: shard.time, shard.place, past: &past)
    return Losses(meanSquare(velocity.slice(axis: 0, start: 1, length: 1) - shard.target))
  }

  /// Seconds a step, of each round of `steps` steps.
  func times(rounds: Int, _ engine: TorchEngine?) throws -> Times {
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
    return Times(name: engine == nil ? "training step" : "training step, torch engine", seconds: seconds)
  }
}
