// FoleyTask: stage 1: sound is learned from words, then from words and films together.
// What a clip has is left out now and then, each by itself and all of it, so that there is something to guide away from.
import Generator
import Layers
import Tensors

/// Trains a `MultiStreamTransformer` on a set of clips.
public struct FoleyTask: TrainingTask {
  public enum Part: String, Sendable, CaseIterable {
    /// Words alone: films are not shown, and clips without captions not drawn.
    case words
    /// All clips, with whatever they have.
    case joint
  }

  public struct Shard: Sendable {
    let flow: FlowExample
    let guides: Guides, place: Placement
  }

  /// How often a guide is left out, and how often all are.
  private enum Share { static let one: Float = 0.1, all: Float = 0.1 }
  /// How many of the clips that are kept are measured.
  private static let measured = 16

  public let name = "stage1"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  public let part: Part, frames: Int
  private let learned: FoleySet, kept: FoleySet?
  /// The clips that this part draws.
  private let drawn: [Int]

  /// - Parameters:
  ///   - learned: what is learned from; `kept`: what is measured on, never learned.
  ///   - identity: of the encoders, for the run's description.
  ///   - start: where the weights come from: those of an earlier part, or random ones. What a model gains begins fresh.
  ///   - frames: of an example; the sets were opened for as many.
  ///   - recomputes: takes a fraction of the memory and a third more time; the result is the same.
  /// - Throws: `TrainingError` where no clip has what the part needs; `WeightsError`.
  public init(
    _ generator: GeneratorConfiguration, _ part: Part, learned: FoleySet, kept: FoleySet?, identity: String,
    start: any WeightSource, frames: Int, recomputes: Bool = false
  ) throws {
    drawn = learned.entries.indices.filter { part == .joint || !learned.entries[$0].clip.captions.isEmpty }
    guard !drawn.isEmpty else { throw TrainingError("none of \(learned.count) clips has captions to learn from") }
    guard generator.latentWidth == learned.mean.shape[0] else {
      throw TrainingError("expected latents \(generator.latentWidth) wide, found \(learned.mean.shape[0])")
    }
    (model, weights) = try Weights.make(from: start, tracked: true) { MultiStreamTransformer($0, generator) }
    model.recomputes = recomputes
    (self.part, self.learned, self.kept, self.frames) = (part, learned, kept, frames)
    configuration = [
      "generator": generator.json, "part": JSON(part.rawValue), "encoders": JSON(identity), "frames": JSON(frames),
      "clips": JSON(drawn.count),
    ]
  }

  public var secondsPerShard: Double { Double(frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    try shard(learned, drawn[random.integer(in: 0..<drawn.count)], leavesOut: true, &random)
  }

  private func shard(
    _ set: FoleySet, _ index: Int, leavesOut: Bool, _ random: inout ShardRandom
  ) throws -> Shard {
    let clip = try set.features(index)
    let first = random.integer(in: 0..<clip.latents.shape[0] - frames + 1)
    let flow = FlowExample(clip.latents.slice(axis: 0, start: first, length: frames), &random)
    let all = random.uniform() < Share.all
    func isLeftOut() -> Bool { random.uniform() < Share.one || all }
    var guides = Guides()
    let (noWords, noFilm) = (isLeftOut(), isLeftOut())
    if !clip.captions.isEmpty, model.configuration.textFeatures > 0, !(leavesOut && noWords) {
      guides.text = Captions([clip.captions[random.integer(in: 0..<clip.captions.count)]])
    }
    if let film = clip.film, part == .joint, model.configuration.videoFeatures > 0, !(leavesOut && noFilm) {
      let shown = ShownFeatures.atLatentRate(film.features, times: film.times, first: first, frames: frames)
      guides.video = Guide(concatenate([shown, shown], axis: 0))
    }
    return Shard(
      flow: flow, guides: guides,
      place: FlowExample.place(frames: frames, window: model.configuration.window, &random))
  }

  public func losses(_ shard: Shard) -> Losses { Losses(error(shard, shard.guides)) }

  private func error(_ shard: Shard, _ guides: Guides) -> Tensor {
    var past: [KeyValue] = []
    let result = model.pass(shard.flow.latents, guides, time: shard.flow.time, shard.place, past: &past)
    return shard.flow.error(result.velocity)
  }

  /// The error on clips that were kept, with what they have and without: as long as the two are equal, no guide is followed.
  /// The same frames, times and noise at every step.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    guard let kept else { return [] }
    var (led, alone) = (Float(0), Float(0))
    let count = min(Self.measured, kept.count)
    for index in 0..<count {
      var random = ShardRandom(seed: 1, step: 0, shard: index)
      let shard = try shard(kept, index, leavesOut: false, &random)
      led += error(shard, shard.guides).scalar
      alone += error(shard, Guides()).scalar
    }
    return [Measure("kept clips", led / Float(count)), Measure("kept clips unled", alone / Float(count))]
  }
}
