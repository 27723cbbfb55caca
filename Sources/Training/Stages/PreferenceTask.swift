// PreferenceTask: stage 3, its second half: of two performances of one score the model learns to prefer one, measured against a
// copy of itself that stays as it was.
import Generator
import Layers
import Tensors

/// Equation 7 on pairs of one place of one score, preferred and control, with the same noise and the same time.
public struct PreferenceTask: TrainingTask {
  public struct Shard: Sendable { let preferred: ClipExample, control: ClipExample }

  /// Two sets of the same scores, as the stages' codec hears them.
  public struct Pairs: Sendable {
    let preferred: (set: PianoSet, latents: LatentSet), control: (set: PianoSet, latents: LatentSet)
    let identity: String

    /// - Parameter identity: for the run's description.
    /// - Throws: `DataError` where the sets are not of the same scores.
    public init(
      preferred: (set: PianoSet, latents: LatentSet), control: (set: PianoSet, latents: LatentSet), identity: String
    ) throws {
      let (one, other) = (preferred.set.pieces, control.set.pieces)
      guard one.count == other.count else {
        throw DataError(
          "\(identity): expected two performances of each score, found \(one.count) preferred and \(other.count) controls"
        )
      }
      for (index, pair) in zip(one, other).enumerated() where pair.0.events != pair.1.events {
        throw DataError("\(identity): expected two performances of one score, found two scores as piece \(index + 1)")
      }
      (self.preferred, self.control, self.identity) = (preferred, control, identity)
    }
  }

  public let name = "stage3"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  private let reference: MultiStreamTransformer
  private let preferred: PianoSampler, control: PianoSampler
  private let loss: FlowPreference

  /// - Parameters:
  ///   - before: a run of stage 2 or 3 whose model reads rolls: where training begins, and what it is measured against.
  ///   - captions: what may be said of any performance, as features.
  public init(
    from before: TrainedStage, _ pairs: Pairs, captions: [Tensor] = [],
    loss: FlowPreference = FlowPreference(anchor: 1),
    seed: UInt64, frames: Int, recomputes: Bool = false
  ) throws {
    let c = before.model.configuration
    guard c.conditionWidth > 0, c.conditionWidth != EventRoll.width else {
      throw TrainingError("\(before.path): expected a model that reads rolls (stage 2), found one that does not")
    }
    func sampler(_ half: (set: PianoSet, latents: LatentSet)) throws -> PianoSampler {
      try PianoSampler(half.set, half.latents.with(before.statistics), c, frames: frames, captions: captions)
    }
    (preferred, control) = (try sampler(pairs.preferred), try sampler(pairs.control))
    guard zip(pairs.preferred.latents.frames, pairs.control.latents.frames).allSatisfy({ abs($0 - $1) <= 75 }) else {
      throw TrainingError("\(pairs.identity): expected performances of one length, found some that are a second apart")
    }
    let start = StageStart(before, seed: seed)
    (model, weights) = try Weights.make(from: start.source(c), tracked: true) { MultiStreamTransformer($0, c) }
    model.recomputes = recomputes
    (reference, self.loss) = (before.model, loss)
    configuration = start.description(
      c, before.statistics,
      [
        .init("frames", JSON(frames)), .init("pairs", JSON(pairs.identity)), .init("beta", JSON(short: loss.beta)),
        .init("anchor", JSON(short: loss.anchor)),
      ])
  }

  public var secondsPerShard: Double { 2 * Double(preferred.frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let place = preferred.place(&random)
    let most = control.latents.frames[place.piece] - control.frames
    return try pair(PianoSampler.Place(piece: place.piece, first: min(place.first, most)), &random)
  }

  private func pair(_ place: PianoSampler.Place, _ random: inout ShardRandom) throws -> Shard {
    // The same draws: the same noise, time, blocks.
    var again = random
    let one = try preferred.example(place, leavesOut: false, &random)
    return Shard(preferred: one, control: try control.example(place, leavesOut: false, &again))
  }

  public func losses(_ shard: Shard) -> Losses { loss(errors(model, shard), reference: errors(reference, shard)) }

  private func errors(_ model: MultiStreamTransformer, _ shard: Shard) -> FlowPreference.Errors {
    func error(_ example: ClipExample) -> Tensor {
      let velocity = example.pass(model, example.guides).velocity.slice(axis: 0, start: 1, length: 1)
      return FlowPreference.errors(velocity, target: example.flow.target)
    }
    return FlowPreference.Errors(preferred: error(shard.preferred), control: error(shard.control))
  }

  /// Of 16 places of the kept piece: how often the preferred performance is liked better than before, and both errors.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    let count = 16
    var sums: [Measure] = []
    for index in 0..<count {
      var random = ShardRandom(seed: 1, step: 0, shard: index)
      let place = preferred.kept(index, of: count)
      let most = control.latents.frames[place.piece] - control.frames
      let parts = losses(try pair(.init(piece: place.piece, first: min(place.first, most)), &random)).parts
      if sums.isEmpty { sums = parts.map { Measure("kept " + $0.name, 0) } }
      for part in parts.indices { sums[part].value += parts[part].value / Float(count) }
    }
    return sums
  }
}
