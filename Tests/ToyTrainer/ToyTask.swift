// ToyTask: a small network that learns a curve, so that the trainer can be tried in a second.
import Glibc
import Layers
import Tensors
import Training

/// y = sin(3a)·b for a, b ∈ ±1, learnt by one hidden layer.
public final class ToyTask: TrainingTask {
  public struct Example: Sendable {
    let step: Int, x: Tensor, y: Tensor
  }

  public let name = "toy"
  public let configuration: JSON
  public let weights: Weights
  public let secondsPerShard = 0.25
  private let first: Linear, second: Linear
  private let poisonedStep: Int?, faultyStep: Int?

  /// - Parameters:
  ///   - poisonedStep: the loss of this step is not a number.
  ///   - faultyStep: the material of this step cannot be read.
  public init(width: Int = 16, seed: UInt64 = 5, poisonedStep: Int? = nil, faultyStep: Int? = nil) throws {
    configuration = ["width": JSON(width)]
    let made = try Weights.make(from: RandomWeights(seed: seed), tracked: true) { w in
      (Linear(w / "first", inputs: 2, outputs: width), Linear(w / "second", inputs: width, outputs: 1))
    }
    (first, second) = made.model
    weights = made.weights
    self.poisonedStep = poisonedStep
    self.faultyStep = faultyStep
  }

  public func shard(_ random: inout ShardRandom) throws -> Example {
    if random.step == faultyStep { throw TrainingError("toy.data: unreadable") }
    let count = 24
    let x = Tensor(zeros: Shape(count, 2))
    random.uniform(into: x.data, count: 2 * count)
    let y = Tensor(zeros: Shape(count, 1))
    for row in 0..<count {
      x[2 * row] = 2 * x[2 * row] - 1
      y[row] = sinf(3 * x[2 * row]) * x[2 * row + 1]
    }
    return Example(step: random.step, x: x, y: y)
  }

  public func losses(_ shard: Example) -> Losses {
    let error = second(silu(first(shard.x))) - shard.y
    let square = meanSquare(error)
    let poison: Float = shard.step == poisonedStep ? .nan : 1
    return Losses(square * poison, [Measure("absolute", meanAbsolute(error).scalar)])
  }

  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    var random = ShardRandom(seed: 99, step: 0, shard: 0)
    return [Measure("unseen", losses(try shard(&random)).total.scalar)]
  }

  /// A short run's settings.
  public static func trainer(steps: Int) -> TrainerConfiguration {
    TrainerConfiguration(
      seed: 3, shards: 5, schedule: Schedule(peak: 0.04, warmUp: 5, steps: steps),
      optimiser: AdamW(decay: 0.01), clip: 1, averageDecay: 0.95)
  }
}
