// StyleJudgement: how close a voice and the style that began with it come to a recording that neither learned from.
import Codec
import Foundation
import Generator
import Tensors

/// Distances from the recording, in dB (see `LogMelDistance`).
public struct StyleJudgement: Sendable {
  public let seconds: Double
  /// What codec and decoder make of the recording itself; and what is performed from the score alone.
  public let carried: (before: Double, after: Double)
  public let performed: (before: Double, after: Double)

  /// Listens, and writes what was heard: recording.wav, before.wav, codec.wav, after.wav.
  ///
  /// - Parameters:
  ///   - piece: the one that is kept.
  ///   - latents: with the statistics that both generators know.
  init(
    _ piece: Piece, before: TrainedVoice, codec: VoiceCodec, generator: MultiStreamTransformer, _ latents: LatentSet,
    folder: String
  ) throws {
    // The old strings, without the lag of the recordings that they were measured on.
    var configuration = before.frameCodec.configuration
    configuration.source.lag = 0
    let old = try Weights.make(from: WeightTable(before.codec.weights.table, over: RandomWeights(seed: 0))) {
      CodecModel($0, configuration)
    }.model
    let first = try Audition(piece, seconds: 30, codec: VoiceCodec(old))
    let second = try Audition(piece, seconds: 30, codec: codec)
    let distance = LogMelDistance(sampleRate: configuration.source.sampleRate)
    let target = second.original
    func listen(_ audition: Audition, _ generator: MultiStreamTransformer) -> (carried: Tensor, performed: Tensor) {
      (audition.sound(audition.latents), audition.sound(audition.perform(generator, latents)))
    }
    let was = listen(first, before.generator.model)
    let now = listen(second, generator)
    carried = (distance(was.carried, target: target), distance(now.carried, target: target))
    performed = (distance(was.performed, target: target), distance(now.performed, target: target))
    seconds = Double(target.shape.count) / Double(configuration.source.sampleRate)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (sound, name) in [
      (target, "recording"), (was.performed, "before"), (now.carried, "codec"), (now.performed, "after"),
    ] {
      try second.write(sound, to: "\(folder)/\(name).wav")
    }
  }

  /// For a person.
  ///
  /// - Parameter voice: the name of the one that the style began with.
  public func text(voice: String) -> String {
    let title = String(
      format: "How far from your playing, on %.0f s of it that were not learned (dB, 0 is the recording itself):",
      seconds)
    func row(_ name: String, _ pair: (before: Double, after: Double)) -> String {
      "  " + name.padding(toLength: 34, withPad: " ", startingAt: 0)
        + String(format: "%5.1f  → %5.1f", pair.before, pair.after)
    }
    let share = (performed.before - performed.after) / max(1e-9, performed.before)
    let words =
      share > 0.02
      ? String(format: "The voice came closer: %.0f %% of the way to your piano.", 100 * share)
      : "The voice did not come closer. More music, or more steps in another folder, may help."
    return [
      title, row("performed from the notes alone", performed), row("carried by the codec", carried),
      "  (before: \(voice); what the codec cannot carry, no performance can have)", words,
    ].joined(separator: "\n")
  }
}
