// ContrastTask: stage 3, its first half: the flow goes on being learned, and with it that the sound of a clip is nearer to its
// own film than to others', by equation 5 or by FactorCL.
import Generator
import Layers
import Tensors

/// L = mean L_fm + weight·L_contrast over some clips with films; the streams are compared behind their first layers.
///
/// What is compared of the sound is on its way from noise, as the paper has it. The roll's stream, where there is one, stays as
/// it is: this half is about the modules of stage 1.
public struct ContrastTask: TrainingTask {
  public enum Kind: String, Sendable, CaseIterable {
    /// Equation 5.
    case supervised
    /// Equation 6.
    case factor
  }

  public struct Shard: Sendable {
    let examples: [ClipExample]
    /// Which frames are compared, and what draws other views of them.
    let frames: [Int], views: ShardRandom
  }

  public struct Settings: Sendable {
    public var kind = Kind.supervised
    /// Of the contrastive loss, beside the flow's.
    public var weight: Float = 0.1
    /// Clips a shard, all of which are compared, and frames of each.
    public var clips = 4, frames = 8
    /// Where sound and film are compared, and of a critic's hidden layer.
    public var width: Int, hidden: Int

    /// - Parameter audioWidth: of the model's audio stream; the paper's has 768 or 320, and critics of 512.
    public init(audioWidth: Int) { (width, hidden) = (min(320, audioWidth), min(512, 2 * audioWidth)) }

    var json: JSON {
      [
        "kind": JSON(kind.rawValue), "weight": JSON(short: weight), "clips": JSON(clips), "frames": JSON(frames),
        "width": JSON(width), "hidden": JSON(hidden),
      ]
    }
  }

  private enum Heads: Sendable {
    case supervised(SupervisedContrast)
    case factor(FactorContrast)
  }

  public let name = "stage3"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  private let heads: Heads
  private let settings: Settings
  private let clips: ClipSampler, kept: ClipSampler?

  /// - Parameters:
  ///   - before: a run of stage 1 or 2.
  ///   - clips: those with films are learned from; of `kept` likewise.
  public init(
    from before: TrainedStage, _ settings: Settings, clips: FoleySet, kept: FoleySet?, seed: UInt64, frames: Int,
    recomputes: Bool = false
  ) throws {
    let c = before.model.configuration
    guard c.videoFeatures > 0 else {
      throw TrainingError("\(before.path): expected a model that watches films, found one that does not")
    }
    self.clips = try ClipSampler(clips, c, frames: frames, lacking: "a film") { $0.video != nil }
    guard self.clips.drawn.count >= 2 else {
      throw TrainingError("expected films to compare, at least 2, found \(self.clips.drawn.count)")
    }
    let isKept = kept?.clips.contains { $0.video != nil } ?? false
    self.kept =
      try isKept ? kept.map { try ClipSampler($0, c, frames: frames, lacking: "a film") { $0.video != nil } } : nil
    let start = StageStart(before, seed: seed)
    let built = try Weights.make(from: start.source(c), tracked: true, frozen: TrainedStage.isRoll) { w in
      (MultiStreamTransformer(w, c), Self.heads(w / TrainedStage.contrast, c, settings))
    }
    (model, heads) = built.model
    weights = built.weights
    model.recomputes = recomputes
    self.settings = settings
    configuration = start.description(
      c, before.statistics,
      [
        .init("frames", JSON(frames)), .init("clips", JSON(self.clips.drawn.count)), .init("contrast", settings.json),
      ])
  }

  private static func heads(_ w: Scope, _ c: GeneratorConfiguration, _ settings: Settings) -> Heads {
    switch settings.kind {
    case .supervised:
      .supervised(SupervisedContrast(w, audioWidth: c.audioWidth, videoWidth: c.videoWidth, width: settings.width))
    case .factor:
      .factor(
        FactorContrast(
          w, audioWidth: c.audioWidth, videoWidth: c.videoWidth, width: settings.width, hidden: settings.hidden))
    }
  }

  public var secondsPerShard: Double { Double(clips.frames * min(settings.clips, clips.drawn.count)) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    // Each clip once: one beside itself would be two that are told to be apart.
    var rest = clips.drawn
    let chosen = (0..<min(settings.clips, rest.count)).map { _ in
      rest.remove(at: random.integer(in: 0..<rest.count))
    }
    return try shard(clips, chosen, leavesOut: true, &random)
  }

  private func shard(
    _ sampler: ClipSampler, _ chosen: [Int], leavesOut: Bool, _ random: inout ShardRandom
  ) throws -> Shard {
    let examples = try chosen.map {
      try sampler.example($0, leavesOut: leavesOut, keepsFilm: true, &random)
    }
    let frames = ContrastFrames.drawn(settings.frames, of: sampler.frames, &random)
    return Shard(examples: examples, frames: frames, views: random)
  }

  public func losses(_ shard: Shard) -> Losses {
    let results = shard.examples.map { $0.pass(model, $0.guides) }
    let errors = zip(shard.examples, results).map { $0.flow.error($1.velocity) }
    let flow = errors.dropFirst().reduce(errors[0], +) * (1 / Float(errors.count))
    /// The copy that is on its way from noise, of every clip.
    func rows(_ streams: [Tensor]) -> Tensor {
      let noisy = concatenate(streams.map { $0.slice(axis: 0, start: 1, length: 1) }, axis: 0)
      return ContrastFrames.rows(noisy, frames: shard.frames)
    }
    let (sound, film) = (rows(results.map(\.audio)), rows(results.map { $0.sides[.video]! }))
    let contrast: Losses
    switch heads {
    case .supervised(let head):
      let loss = head(sound: sound, film: film, clips: results.count)
      contrast = Losses(loss)
    case .factor(let head):
      var views = shard.views
      contrast = head(
        sound: sound, otherSound: FeatureView.drawn(sound, &views), film: film,
        otherFilm: FeatureView.drawn(film, &views))
    }
    return Losses(
      flow + contrast.total * settings.weight,
      [Measure("flow", flow.scalar), Measure("contrast", contrast.total.scalar)] + contrast.parts)
  }

  /// The errors on kept clips, and the contrastive loss of up to eight of them with films; that of chance is logarithmic in their
  /// number.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    guard let kept else { return [] }
    var measures = try FoleyTask.measures(kept, model)
    if kept.drawn.count >= 2 {
      var random = ShardRandom(seed: 1, step: 0, shard: 0)
      let shard = try shard(kept, Array(kept.drawn.prefix(8)), leavesOut: false, &random)
      measures += losses(shard).parts.filter { $0.name == "contrast" }.map { Measure("kept contrast", $0.value) }
    }
    return measures
  }
}
