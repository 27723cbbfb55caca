// ClipPerformer: the sound of a clip as a stage's model makes it from the clip's words, film and events.
import Codec
import Generator
import Tensors

public struct ClipPerformer: Sendable {
  let stage: TrainedStage, encoders: ClipEncoders
  public var sampler: FlowSampler
  /// What is told to the model of what a clip has.
  public var usesWords = true, usesFilm = true, usesEvents = false
  /// The most seconds of a clip.
  public static let longest = 30.0

  public init(_ stage: TrainedStage, _ encoders: ClipEncoders, _ sampler: FlowSampler = FlowSampler()) {
    (self.stage, self.encoders, self.sampler) = (stage, encoders, sampler)
  }

  /// - Parameter progress: hears how many steps are done; what it throws ends the work.
  /// - Returns: samples at the encoders' rate, as long as the clip or `longest`.
  /// - Throws: an error with the clip or a path, where features cannot be made or are not the model's.
  public func sound(
    _ clip: ClipFeatures, progress: (Int) throws -> Void = { _ in }
  ) throws -> [Float] {
    let frames = min(clip.latents.shape[0], Int(Self.longest * 75))
    let latents = try sampler(stage.model, guides(clip, frames: frames), frames: frames, progress: progress)
    return try sound(latents: latents)
  }

  /// The sound of normalised latents [1, frames, latentWidth].
  func sound(latents: Tensor) throws -> [Float] {
    let codec = encoders.codec.model
    let frames = latents.shape[1]
    let silence = HeldSound(values: [Float](repeating: 0, count: frames * codec.configuration.hop))
    let excerpt = try codec.excerpt(Piece(events: [], sound: silence), frames: frames)
    return codec.sound(stage.latents(latents), excerpt).array
  }

  private func guides(_ clip: ClipFeatures, frames: Int) -> Guides {
    let c = stage.model.configuration
    var guides = Guides()
    if usesWords, c.textFeatures > 0, let caption = clip.captions.first { guides.text = Captions([caption]) }
    if usesFilm, c.videoFeatures > 0, let film = clip.film {
      guides.video = Guide(ShownFeatures.atLatentRate(film.features, times: film.times, frames: frames))
    }
    if usesEvents, c.conditionWidth == EventRoll.width, !clip.events.isEmpty {
      let events = clip.events.map { (time: $0.time, strength: $0.strength) }
      guides.roll = Guide(EventRoll.rows(events, frames: frames))
    }
    return guides
  }
}
