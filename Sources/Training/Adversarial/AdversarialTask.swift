// AdversarialTask: a codec's task, with a discriminator that learns to tell what the codec made from what was recorded.
// The balancer sets the gradient at the codec's output; from there it goes back through the codec as any other.
import Tensors

/// Trains a codec against a discriminator. Its runs are runs of the codec: whatever opens those opens these.
///
/// Both sides learn from the same pass: the discriminator that the codec listens to in a step is that of the step before.
public struct AdversarialTask<Base: ReconstructionTask>: TrainingTask {
  public struct Shard: Sendable {
    let step: Int
    let base: Base.Shard
  }

  public let base: Base
  public let terms: [LossTerm]
  public let opponent: Adversary

  /// - Parameter terms: what else the output is measured by; at least one.
  public init(_ base: Base, terms: [LossTerm], _ configuration: AdversarialConfiguration) throws {
    precondition(!terms.isEmpty, "no loss but the adversary's")
    self.base = base
    self.terms = terms
    opponent = try Adversary(configuration, terms: terms.map(\.weight))
  }

  public var name: String { base.name }
  public var weights: Weights { base.weights }
  public var secondsPerShard: Double { base.secondsPerShard }
  public var adversary: Adversary? { opponent }

  public var configuration: JSON {
    let weights = terms.map { JSON.Member($0.name, JSON(short: $0.weight)) }
    return .object(
      (base.configuration.members ?? []) + [
        .init("terms", .object(weights)), .init("adversary", opponent.configuration.json),
      ])
  }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    Shard(step: random.step, base: try base.shard(&random))
  }

  public func losses(_ shard: Shard) -> Losses {
    let settings = opponent.configuration
    let made = base.reconstruct(shard.base)
    let target = made.target.untracked
    let output = made.output.untracked.tracked
    var values = terms.map { $0.value(output, target) }
    var parts = zip(terms, values).map { Measure($0.name, $1.scalar) }
    var discriminatorLoss = Tensor(0)
    var told: [Measure] = ["adversarial", "features", "discriminator"].map { Measure($0, 0) }
    if shard.step > settings.from - settings.lead {
      let real = opponent.discriminator(target)
      let ours = opponent.discriminator(output)
      let opposed = [HingeLoss.codec(made: ours), FeatureLoss.value(ours, real: real)]
      discriminatorLoss = HingeLoss.discriminator(real: real, made: ours)
      for (index, value) in (opposed + [discriminatorLoss]).enumerated() { told[index].value = value.scalar }
      if shard.step > settings.from { values += opposed }
    }
    parts += told
    let found = values.map { gradients(of: $0, for: [output])[0] }
    let (gradient, norms) = opponent.balancer.balance(found)
    // A number whose slope along the output is the balanced gradient, and whose value is the weighted mean.
    let weights = opponent.balancer.weights.prefix(values.count)
    let value = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1.scalar } / weights.reduce(0, +)
    let slope = mean((made.output - made.output.untracked) * gradient) * Float(gradient.shape.count)
    return Losses(
      slope + value, parts,
      opposition: Opposition(
        loss: settings.learns(shard.step) ? discriminatorLoss : discriminatorLoss.untracked, norms: norms))
  }

  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    try base.evaluate(step: step, folder: folder)
  }
}
