// Adversary: the discriminator as it learns: weights, optimiser, the sum of its gradients, and the balancer.
// All of it is in the checkpoint, so that a run goes on bit for bit.
import Kernels
import Tensors

/// How a codec and a discriminator train each other.
public struct AdversarialConfiguration: Sendable, Equatable {
  public var discriminator = DiscriminatorConfiguration()
  /// The step from which on the codec listens to the discriminator, and how many steps before the discriminator begins
  /// to learn: one that knows nothing yet would lead the codec astray.
  public var from = 200, lead = 200
  /// The shares of both losses beside those of the other terms.
  public var adversarialWeight: Float = 3, featureWeight: Float = 3
  public var optimiser = AdamW(beta1: 0.5, beta2: 0.9, decay: 0)
  public var rate: Float = 3e-4, clip: Float = 1
  /// The chance that the discriminator learns in a step.
  public var chance: Float = 2 / 3
  /// Of the balancer's running means.
  public var balancerDecay: Float = 0.999
  public var seed: UInt64 = 1

  public init() {}

  var json: JSON {
    [
      "discriminator": discriminator.json, "from": JSON(from), "lead": JSON(lead),
      "adversarial": JSON(short: adversarialWeight), "features": JSON(short: featureWeight),
      "optimiser": optimiser.json, "rate": JSON(short: rate), "clip": JSON(short: clip), "chance": JSON(short: chance),
      "balancer": JSON(short: balancerDecay), "seed": JSON(String(seed)),
    ]
  }

  /// Whether the discriminator learns in a step. By (seed, step) alone.
  func learns(_ step: Int) -> Bool {
    var draw: Float = 0
    fp_uniform(seed, .max, UInt64(step), &draw, 1)
    return step > from - lead && draw < chance
  }
}

/// What a shard tells the adversary.
public struct Opposition: Sendable {
  /// The discriminator's own loss; untracked when it does not learn in this step.
  let loss: Tensor
  /// Of the gradients with respect to the output, for the balancer.
  let norms: [Float]
}

/// The other side of a training.
public final class Adversary: @unchecked Sendable {
  public let configuration: AdversarialConfiguration
  public let weights: Weights
  let discriminator: MultiScaleDiscriminator
  let balancer: LossBalancer
  private let state: OptimiserState
  private let sum: GradientSum
  /// How often it has learned; one number, kept as a tensor to be stored.
  private let lessons = Tensor(zeros: Shape(1))

  /// - Parameter terms: the weights of the losses that need no discriminator.
  public init(_ configuration: AdversarialConfiguration, terms: [Float]) throws {
    self.configuration = configuration
    (discriminator, weights) = try Weights.make(from: RandomWeights(seed: configuration.seed), tracked: true) {
      MultiScaleDiscriminator($0, configuration.discriminator)
    }
    balancer = LossBalancer(
      weights: terms + [configuration.adversarialWeight, configuration.featureWeight],
      decay: configuration.balancerDecay)
    state = OptimiserState(weights)
    sum = GradientSum(weights)
  }

  /// Begins a step.
  func begin() { sum.reset() }

  /// Takes a shard's part. Called on several threads.
  func add(_ shard: Int, _ opposition: Opposition) {
    let found = gradients(of: opposition.loss, for: weights.parameters)
    let losses = Losses(opposition.loss, opposition.norms.map { Measure("norm", $0) })
    sum.add(shard, gradients: found, losses)
  }

  /// Adds what the other ranks have of the step.
  func combine(_ ranks: any Ranks) throws { try sum.combine(ranks) }

  /// Learns, if this is a step in which it does, once all shards are in. Nothing has moved when it throws.
  func advance(step: Int, shards: Int, _ pool: WorkerPool) throws {
    let (loss, norms) = sum.losses(shards: shards)
    guard norms.allSatisfy(\.value.isFinite) else {
      throw Divergence(description: "the gradients of the losses at the output are \(norms.map(\.value))")
    }
    let learns = configuration.learns(step)
    let share = 1 / Float(shards)
    let norm = fp_total_square(sum.flat.count, sum.flat.data).squareRoot() * share
    guard !learns || loss.isFinite && norm.isFinite else {
      throw Divergence(description: "the discriminator's loss is \(loss), its gradient's norm \(norm)")
    }
    balancer.update(norms.map(\.value))
    guard learns else { return }
    lessons[0] += 1
    let (lesson, scale) = (Int(lessons[0]), share * min(1, configuration.clip / (norm + 1e-6)))
    pool.run(state.partCount) { [state, sum, configuration] part in
      state.update(
        part: part, configuration.optimiser, step: lesson, rate: configuration.rate, gradient: sum.flat, scale: scale)
    }
  }

  /// What a checkpoint keeps of it.
  var parts: [CheckpointPart] {
    [
      CheckpointPart("discriminator", Checkpoint.tensors(of: weights, in: weights.flat)),
      CheckpointPart("discriminator-first-moment", Checkpoint.tensors(of: weights, in: state.first)),
      CheckpointPart("discriminator-second-moment", Checkpoint.tensors(of: weights, in: state.second)),
      CheckpointPart(
        "adversary", [("balancer.sums", balancer.sums), ("balancer.counts", balancer.counts), ("lessons", lessons)]),
    ]
  }
}
