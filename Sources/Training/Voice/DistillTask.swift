// DistillTask: a generator that needs few steps, learned from one that takes many (rectified flow, Liu et al. 2022).
// The teacher goes from noise to latents in small steps, guidance folded in; the student learns the straight line between
// the two, most of all at the moments where a performance of one, two or four steps asks for it.
import Foundation
import Generator
import Layers
import Tensors

/// Trains a student on the pairs that its teacher makes.
public struct DistillTask: TrainingTask {
  public struct Shard: Sendable {
    let example: GeneratorTask.Shard
    /// The noise from which the teacher starts, [1, frames, latentWidth], and the student's flow time.
    let noise: Tensor
    let time: Float
  }

  /// How the teacher performs.
  public struct Teaching: Sendable, Equatable {
    public var steps = 6
    /// g in v = v_without + g·(v_with − v_without).
    public var guidance: Float = 1

    public init() {}
  }

  /// The steps that a student is asked for, and how often it is asked where one of them begins.
  private enum Asked {
    static let steps = [1, 1, 2, 4], share: Float = 0.8
  }

  public let name = "generator"
  public let configuration: JSON
  private let base: GeneratorTask
  private let teacher: MultiStreamTransformer
  private let teaching: Teaching

  /// - Parameters:
  ///   - base: the student's model and material; its weights are replaced by the teacher's.
  ///   - identity: which teacher that is, for the run's description.
  public init(_ base: GeneratorTask, teacher: TrainedGenerator, identity: String, _ teaching: Teaching) {
    precondition(base.weights.flat.count == teacher.weights.flat.count, "a student of another size than its teacher")
    base.weights.flat.data.update(from: teacher.weights.flat.data, count: teacher.weights.flat.count)
    (self.base, self.teacher, self.teaching) = (base, teacher.model, teaching)
    let description: JSON = .object(
      (base.configuration.members ?? []) + [
        .init("teacher", JSON(identity)), .init("teacher's steps", JSON(teaching.steps)),
        .init("guidance", JSON(short: teaching.guidance)),
      ])
    configuration = description.with("statistics", teacher.statistics?.json)
  }

  public var weights: Weights { base.weights }
  public var secondsPerShard: Double { base.secondsPerShard }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let example = try base.shard(&random)
    let x = example.flow.latents.slice(axis: 0, start: 1, length: 1)
    let noise = x - example.flow.target * example.flow.time[1]
    let steps = Asked.steps[random.integer(in: 0..<Asked.steps.count)]
    let begun = FlowMatching.time(random.integer(in: 0..<steps), of: steps)
    let anywhere = random.uniform()
    return Shard(example: example, noise: noise, time: random.uniform() < Asked.share ? begun : anywhere)
  }

  public func losses(_ shard: Shard) -> Losses {
    let end = taught(shard)
    let target = end - shard.noise
    let x = shard.noise + target * shard.time
    let velocity = field(base.model, shard.example, x, shard.example.condition, time: shard.time)
    return Losses(meanSquare(velocity - target))
  }

  /// The error of the kept piece, performed in blocks of two frames, for each number of steps.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    try Asked.steps.dropFirst().flatMap { try base.evaluate(step: step, folder: folder, steps: $0) }
  }

  /// Where the teacher goes from the shard's noise.
  private func taught(_ shard: Shard) -> Tensor {
    var x = shard.noise
    let absent = Condition.absent(frames: x.shape[1], width: shard.example.condition.shape[2])
    let without = concatenate([absent, absent], axis: 0)
    for step in 0..<teaching.steps {
      let time = FlowMatching.time(step, of: teaching.steps)
      let length = FlowMatching.time(step + 1, of: teaching.steps) - time
      var velocity = field(teacher, shard.example, x, shard.example.condition, time: time)
      if teaching.guidance != 1 {
        let unguided = field(teacher, shard.example, x, without, time: time)
        velocity = unguided + (velocity - unguided) * teaching.guidance
      }
      x = x + velocity * length
    }
    return x
  }

  /// The velocity of the noisy copy, beside the example's clean copy.
  private func field(
    _ model: MultiStreamTransformer, _ example: GeneratorTask.Shard, _ x: Tensor, _ condition: Tensor, time: Float
  ) -> Tensor {
    let clean = example.flow.latents.slice(axis: 0, start: 0, length: 1)
    var past: [KeyValue] = []
    let velocity = model(
      concatenate([clean, x], axis: 0), condition: condition, time: Tensor(Shape(2), [example.flow.time[0], time]),
      example.place, past: &past)
    return velocity.slice(axis: 0, start: 1, length: 1)
  }
}
