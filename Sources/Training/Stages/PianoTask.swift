// PianoTask: stage 2: an Extra-DiT on the roll and a roll predictor are added to the model of stage 1 and learned with it, from
// performances among clips, so that what was learned before stays.
import Conditioning
import Generator
import Layers
import Tensors

/// L = L_fm + weight·L_roll: the flow's error of a performance or a clip, and the predictor's of some windows of films.
///
/// The two meet in what is made of them, not in a gradient: the Extra-DiT reads the roll of the score, which a predictor's
/// answers become by decisions (`RollDecoder`).
public struct PianoTask: TrainingTask {
  public struct Shard: Sendable {
    let example: ClipExample
    let roll: RollShard?
  }

  /// Performances, and what leads them.
  public struct Material: Sendable {
    let set: PianoSet, latents: LatentSet, captions: [Tensor]
    let identity: String

    /// - Parameters:
    ///   - latents: of the set by the stages' codec.
    ///   - captions: what may be said of any performance, as features.
    ///   - identity: for the run's description.
    public init(_ set: PianoSet, latents: LatentSet, captions: [Tensor], identity: String) {
      (self.set, self.latents, self.captions, self.identity) = (set, latents, captions, identity)
    }
  }

  /// Films from which rolls are read.
  public struct Films: Sendable {
    let set: RollSet, sampler: RollSampler
    let network: StripConfiguration, loss: RollLoss
    let weight: Float, windows: Int

    /// - Parameters:
    ///   - network: the predictor's sizes.
    ///   - weight: of L_roll.
    ///   - windows: of a shard.
    public init(
      _ set: RollSet, network: StripConfiguration = .step(1), loss: RollLoss = RollLoss(.square), weight: Float = 1,
      windows: Int = 2
    ) throws {
      let wanted = RollSet.Recipe(network.strip)
      guard set.recipe == wanted else { throw TrainingError("\(set.folder.path): \(set.recipe.mismatch(wanted))") }
      sampler = try RollSampler(
        set, clips: set.learned, views: network.views, velocity: network.velocity, pedals: network.pedals,
        windows: windows, rate: RollTask.rate, varies: true)
      (self.set, self.network, self.loss, self.weight, self.windows) = (set, network, loss, weight, windows)
    }

    var json: JSON {
      [
        "predictor": network.json, "set": set.identity, "loss": JSON(loss.kind.rawValue), "windows": JSON(windows),
        "weight": JSON(short: weight),
      ]
    }
  }

  public let name = "stage2"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  private let predictor: StripPredictor?
  private let piano: [PianoSampler], clips: ClipSampler, kept: ClipSampler?
  private let films: Films?, share: Float

  /// - Parameters:
  ///   - before: a run of stage 1.
  ///   - materials: one or more, of which each is drawn as often.
  ///   - clips: what stage 1 learned from; `kept`: what is measured on, never learned.
  ///   - films: nil: no predictor is learned.
  ///   - share: of performances among the examples, 0…1.
  public init(
    from before: TrainedStage, _ materials: [Material], harmonicBands: Int, clips: FoleySet, kept: FoleySet?,
    films: Films?, share: Float = 0.5, seed: UInt64, frames: Int, recomputes: Bool = false
  ) throws {
    precondition(!materials.isEmpty, "performances, expected at least one set")
    var c = before.model.configuration
    c.conditionWidth = Condition.width(harmonicBands: harmonicBands)
    let start = StageStart(before, seed: seed)
    let built = try Weights.make(from: start.source(c), tracked: true) { w in
      (
        model: MultiStreamTransformer(w, c),
        predictor: films.map { StripPredictor(w / TrainedStage.predictor, $0.network) }
      )
    }
    (model, predictor, weights) = (built.model.model, built.model.predictor, built.weights)
    model.recomputes = recomputes
    piano = try materials.map {
      try PianoSampler($0.set, $0.latents.with(before.statistics), c, frames: frames, captions: $0.captions)
    }
    self.clips = try ClipSampler(clips, c, frames: frames, lacking: "anything")
    self.kept = try kept.map { try ClipSampler($0, c, frames: frames, lacking: "anything") }
    (self.films, self.share) = (films, share)
    let description = start.description(
      c, before.statistics,
      [
        .init("frames", JSON(frames)), .init("clips", JSON(self.clips.drawn.count)),
        .init("piano", JSON(materials.map(\.identity).joined(separator: "; "))), .init("share", JSON(short: share)),
      ])
    configuration = description.with("films", films?.json)
  }

  public var secondsPerShard: Double { Double(clips.frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let isPiano = random.uniform() < share
    let piano = piano[random.choice(of: piano.count)]
    let example = try isPiano ? piano.example(piano.place(&random), &random) : clips.example(&random)
    return Shard(example: example, roll: try films?.sampler.shard(&random))
  }

  public func losses(_ shard: Shard) -> Losses {
    let flow = shard.example.error(model, shard.example.guides)
    guard let films, let predictor, let roll = shard.roll else { return Losses(flow, [Measure("flow", flow.scalar)]) }
    let reading = films.loss(predictor(roll.input), roll).total
    return Losses(
      flow + reading * films.weight, [Measure("flow", flow.scalar), Measure("roll", reading.scalar)])
  }

  /// The errors on kept clips, those on the performances that are kept, and how well the predictor reads, whose file is written.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    var measures = try FoleyTask.measures(kept, model) + PianoSampler.measures(piano, model)
    if let films {
      let predictor = try exported(films)
      measures += try RollTask.measures(films.set, films.network, predictor, step: step, folder: folder)
    }
    return measures
  }

  /// The predictor's weights by the names that its file has.
  private func exported(_ films: Films) throws -> Weights {
    let place = TrainedStage.predictor + "."
    let own = weights.table.filter { $0.key.hasPrefix(place) }
    let table = Dictionary(uniqueKeysWithValues: own.map { (String($0.key.dropFirst(place.count)), $0.value) })
    return try Weights.make(from: WeightTable(table, over: RandomWeights(seed: 0))) {
      StripPredictor($0, films.network)
    }.weights
  }
}

extension PianoSampler {
  private static let measured = 8

  /// The error on the performances that are kept, with their roll and without anything. The same frames, times and noise always.
  static func measures(_ samplers: [PianoSampler], _ model: MultiStreamTransformer) throws -> [Measure] {
    var (led, alone) = (Float(0), Float(0))
    for sampler in samplers {
      for index in 0..<measured {
        var random = ShardRandom(seed: 1, step: 0, shard: index)
        let example = try sampler.example(sampler.kept(index, of: measured), leavesOut: false, &random)
        led += example.error(model, example.guides).scalar
        alone += example.error(model, Guides()).scalar
      }
    }
    let count = Float(measured * samplers.count)
    return [Measure("kept piece", led / count), Measure("kept piece unled", alone / count)]
  }
}
