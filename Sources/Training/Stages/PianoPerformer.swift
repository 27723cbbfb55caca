// PianoPerformer: a score as a stage's model performs it: led by its roll, by words, or by words alone.
import Codec
import Generator
import Score
import Tensors

public struct PianoPerformer: Sendable {
  let stage: TrainedStage, encoders: ClipEncoders
  public var sampler: FlowSampler
  /// Whether the score is told: the roll to the model, the events to the codec's strings; else words are all there is.
  public var usesRoll = true

  /// - Throws: `TrainingError` where the model reads no rolls.
  public init(_ stage: TrainedStage, _ encoders: ClipEncoders, _ sampler: FlowSampler = FlowSampler()) throws {
    let c = stage.model.configuration
    guard c.conditionWidth > 0, c.conditionWidth != EventRoll.width else {
      throw TrainingError("\(stage.path): expected a model that reads rolls (stage 2), found one that does not")
    }
    (self.stage, self.encoders, self.sampler) = (stage, encoders, sampler)
  }

  /// - Parameters:
  ///   - seconds: how long the sound is; at most `ClipPerformer.longest`.
  ///   - words: features of what is said, [tokens, width]; nil says nothing.
  /// - Returns: samples at the encoders' rate.
  /// - Throws: `TrainingError` where the codec's source is not what the model learned with.
  public func sound(_ score: Score, seconds: Double, words: Tensor? = nil) throws -> [Float] {
    let codec = encoders.codec.model
    let c = codec.configuration
    let frames = max(1, Int(min(max(seconds, 0), ClipPerformer.longest) * 75))
    let silence = HeldSound(values: [Float](repeating: 0, count: frames * c.hop))
    let piece = Piece(events: usesRoll ? score.events() : [], sound: silence)
    let excerpt = try codec.excerpt(piece, frames: frames)
    var guides = Guides()
    if usesRoll {
      let rows = Condition.rows(
        roll: Excerpt.roll(piece, first: 0, frames: frames), energy: excerpt.energy.data, stride: c.bands,
        harmonicBands: c.harmonicBands)
      guard rows.shape[2] == stage.model.configuration.conditionWidth else {
        throw TrainingError(
          "\(stage.path): expected a roll \(stage.model.configuration.conditionWidth) wide, found \(rows.shape[2])")
      }
      guides.roll = Guide(rows)
    }
    if let words, stage.model.configuration.textFeatures > 0 { guides.text = Captions([words]) }
    let latents = try sampler(stage.model, guides, frames: frames)
    return codec.sound(stage.latents(latents), excerpt).array
  }
}
