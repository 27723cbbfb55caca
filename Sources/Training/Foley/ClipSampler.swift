// ClipSampler: draws some seconds of a clip with what it is led by. What a clip has is left out now and then, each by itself
// and all of it, so that there is something to guide away from, and no guide is needed.
import Generator
import Layers
import Tensors

/// A clip's sound on the way from noise, and what leads it.
struct ClipExample: Sendable {
  let flow: FlowExample
  let guides: Guides, place: Placement

  /// The mean of (v − (latent − noise))², under these guides or others.
  func error(_ model: MultiStreamTransformer, _ guides: Guides) -> Tensor { flow.error(pass(model, guides).velocity) }

  func pass(_ model: MultiStreamTransformer, _ guides: Guides) -> MultiStreamTransformer.Result {
    var past: [KeyValue] = []
    return model.pass(flow.latents, guides, time: flow.time, place, past: &past)
  }
}

struct ClipSampler: Sendable {
  /// How often a guide is left out, and how often all are. Events tell of a film's sound nearly all: where there is a film,
  /// they are left out half of the time.
  private enum Share { static let one: Float = 0.1, all: Float = 0.1, events: Float = 0.5 }

  let set: FoleySet
  private let configuration: GeneratorConfiguration
  let frames: Int
  /// The clips that are drawn.
  let drawn: [Int]
  private let seesFilms: Bool

  /// - Parameters:
  ///   - seesFilms: false: films are not shown.
  ///   - isWanted: which clips are drawn.
  /// - Throws: `TrainingError` where no clip is wanted, or the latents are not the model's.
  init(
    _ set: FoleySet, _ configuration: GeneratorConfiguration, frames: Int, seesFilms: Bool = true, lacking: String,
    _ isWanted: (Clip) -> Bool = { _ in true }
  ) throws {
    drawn = set.entries.indices.filter { isWanted(set.entries[$0].clip) }
    guard !drawn.isEmpty else { throw TrainingError("none of \(set.count) clips has \(lacking) to learn from") }
    let width = set.statistics.mean.shape[0]
    guard configuration.latentWidth == width else {
      throw TrainingError("expected latents \(configuration.latentWidth) wide, as the model's are, found \(width)")
    }
    (self.set, self.configuration, self.frames, self.seesFilms) = (set, configuration, frames, seesFilms)
  }

  /// Some seconds of any of the clips.
  func example(_ random: inout ShardRandom) throws -> ClipExample {
    try example(drawn[random.integer(in: 0..<drawn.count)], &random)
  }

  /// Some seconds of a clip.
  ///
  /// - Parameter leavesOut: whether guides are left out now and then; `keepsFilm`: but never the film.
  func example(
    _ index: Int, leavesOut: Bool = true, keepsFilm: Bool = false, _ random: inout ShardRandom
  ) throws -> ClipExample {
    let clip = try set.features(index)
    try check(clip, of: set.entries[index])
    let first = random.integer(in: 0..<clip.latents.shape[0] - frames + 1)
    let flow = FlowExample(clip.latents.slice(axis: 0, start: first, length: frames), &random)
    let all = random.uniform() < Share.all
    func isLeftOut(_ share: Float) -> Bool { random.uniform() < share || all }
    let (noWords, noFilm) = (isLeftOut(Share.one), isLeftOut(Share.one))
    let noEvents = isLeftOut(clip.film == nil || !seesFilms ? Share.one : Share.events)
    let (choice, isFlagged) = (random.uniform(), random.uniform() < 0.5)
    var guides = Guides()
    if !clip.captions.isEmpty, configuration.textFeatures > 0, !(leavesOut && noWords) {
      guides.text = Captions([clip.captions[Int(choice * Float(clip.captions.count))]])
    }
    if let film = clip.film, seesFilms, configuration.videoFeatures > 0, keepsFilm || !(leavesOut && noFilm) {
      guides.video = twice(ShownFeatures.atLatentRate(film.features, times: film.times, first: first, frames: frames))
    }
    let width = configuration.conditionWidth
    if width == EventRoll.width, !clip.events.isEmpty, !(leavesOut && noEvents) {
      let events = clip.events.map { (time: $0.time, strength: $0.strength) }
      guides.roll = twice(EventRoll.rows(events, first: first, frames: frames))
    } else if width > 0, isFlagged {
      // Who plays live has the stream, and says so where nothing is known; who has a film alone has none.
      guides.roll = twice(Condition.absent(frames: frames, width: width))
    }
    return ClipExample(
      flow: flow, guides: guides, place: FlowExample.place(frames: frames, window: configuration.window, &random))
  }

  /// What both copies of a sequence are led by.
  private func twice(_ rows: Tensor) -> Guide { Guide(concatenate([rows, rows], axis: 0)) }

  private func check(_ clip: ClipFeatures, of entry: FoleySet.Entry) throws {
    func check(_ found: Int?, _ expected: Int, _ what: String) throws {
      guard let found, expected > 0, found != expected else { return }
      throw TrainingError(
        "\(entry.path): expected features of \(what) \(expected) wide, as the model's, found \(found)")
    }
    try check(clip.captions.first?.shape.width, configuration.textFeatures, "words")
    try check(clip.film?.features.shape.width, configuration.videoFeatures, "pictures")
    if entry.clip.video != nil, seesFilms, configuration.videoFeatures > 0, clip.film == nil {
      throw TrainingError("\(entry.path): expected features of \(entry.clip.id)'s film, found none; remove the file")
    }
  }
}

extension FoleyTask {
  /// How many of the clips that are kept are measured.
  static let measured = 16

  /// The error on clips that were kept, with what they have and without: as long as the two are equal, no guide is
  /// followed. The same frames, times and noise at every step.
  static func measures(_ kept: ClipSampler?, _ model: MultiStreamTransformer) throws -> [Measure] {
    guard let kept else { return [] }
    var (led, alone) = (Float(0), Float(0))
    let count = min(measured, kept.drawn.count)
    for index in 0..<count {
      var random = ShardRandom(seed: 1, step: 0, shard: index)
      let example = try kept.example(kept.drawn[index], leavesOut: false, &random)
      led += example.error(model, example.guides).scalar
      alone += example.error(model, Guides()).scalar
    }
    return [Measure("kept clips", led / Float(count)), Measure("kept clips unled", alone / Float(count))]
  }
}
