// FoleyExport: a codec's run and a stage's run become one voice of Foley, which says who reads and watches for it, and which
// words it heard.
import Conditioning
import Foundation
import Generator
import Performer
import Tensors

extension VoiceExport {
  /// - Parameters:
  ///   - stage: of `stage1`, or of a later one that still is led by words.
  ///   - events: what finds events in films; nil for none.
  ///   - clips: those that it learned from: their licences go into the card, their words into the voice.
  /// - Throws: `TrainingError` where the stage learned another codec's latents, or features that no voice brings along.
  public static func foley(
    name: String, codec: TrainedCodec, stage: TrainedStage, events: TrainedEvents? = nil, clips: ClipManifest,
    to path: String
  ) throws {
    let c = stage.model.configuration
    guard case .frame(let own) = codec.model.configuration, !own.source.hasStrings, own.latentWidth == c.latentWidth
    else {
      throw TrainingError(
        "\(stage.path): expected to go with a codec of clips with \(c.latentWidth) latents, found another")
    }
    // The codec, who reads and who watches, in this order.
    let identities = stage.encoders["identity"]?.string?.components(separatedBy: "; ").suffix(2) ?? []
    guard identities.count == 2, identities.first == WordDirections(width: max(1, c.textFeatures)).identity else {
      throw TrainingError(
        "\(stage.path): expected a stage that reads with `--words words`, as voices do, found "
          + (identities.first ?? "none"))
    }
    let watches = c.videoFeatures > 0
    guard !watches || stage.encoders["films"]?.string == "motion" else {
      throw TrainingError("\(stage.path): expected a stage that watches with `--films motion`, as voices do")
    }
    if let events {
      guard watches, c.conditionWidth == EventRoll.width else {
        throw TrainingError(
          "\(stage.path): expected a stage that learned from films and events, as \(events.path) is to lead it; add --events "
            + "to `stage1`")
      }
      guard events.encoders["films"] == stage.encoders["films"],
        events.predictor.configuration.features == c.videoFeatures
      else { throw TrainingError("\(events.path): expected to watch as \(stage.path) does, found another viewer") }
    }
    let words = Set(clips.clips.flatMap(\.captions).flatMap { WordDirections.words($0) })
    let reading = FoleyReading(
      words: identities.first!, films: watches ? identities.last : nil, vocabulary: words.sorted(),
      classes: Set(clips.clips.compactMap(\.category)).sorted(), events: events?.json)
    try write(
      name: name, codec: codec, stage.weights, c, stage.statistics, foley: reading,
      card: [
        "data": clips.summary, "licence": clips.licence,
        "steps": "codec \(codec.version), \(stage.name) step \(stage.step)"
          + (events.map { ", events step \($0.step)" } ?? ""),
      ], events: events?.weights, to: path)
  }
}
