// RollTable: how well a predictor reads clips, in the numbers that are compared: frames, notes, velocities, pedals.
import Conditioning
import Evaluation
import Foundation
import Score

/// One row: some clips, seen by some views.
public struct RollRow: Sendable {
  public let title: String
  public let clips: Int
  /// Keys that are seen down with a probability of 0.4 beside those that are down as one sees (coarse.mid).
  public internal(set) var frames = FrameAgreement()
  /// Decoded notes beside those that sounded (precise.mid).
  public internal(set) var notes = NoteAgreement()
  /// Where the sustain pedal is down, frame by frame; nothing where no view tells.
  public internal(set) var sustain = Agreement()
}

/// Reads clips, and writes tables.
public enum RollTable {
  /// Reads clips with some of their views.
  ///
  /// - Parameter views: what may be looked at.
  public static func row(
    _ title: String, _ predictor: any RollModel, _ clips: [RollClip], views: [RollView],
    progress: (Int) -> Void = { _ in }
  ) throws -> RollRow {
    var row = RollRow(title: title, clips: clips.count)
    let reading = RollReading(predictor, views: views)
    for (index, clip) in clips.enumerated() {
      let frames = try reading.frames(clip)
      let decoded = reading.decoded(frames, of: clip).score
      let times = frames.map(\.time)
      let seen = KeySet(clip.keys)
      row.frames.add(
        found: frames.map { $0.keysDown(threshold: 0.4).intersection(seen) },
        wanted: clip.coarse.keysDown(at: times).map { $0.intersection(seen) })
      row.notes += NoteAgreement(found: decoded, wanted: clip.precise, keys: clip.keys)
      if frames.contains(where: { !$0.pedals.isEmpty }) {
        row.sustain += Agreement(
          found: decoded.isDown(.sustain, at: times), wanted: clip.fine.isDown(.sustain, at: times))
      }
      progress(index + 1)
    }
    return row
  }

  /// The table in Markdown. Velocity errors are means of magnitudes, of 127, beside that of guessing the mean.
  public static func markdown(_ rows: [RollRow]) -> String {
    var text = """
      | views | clips | frame P | R | acc. | F1 | pooled F1 | onset F | and end | and velocity | onset error ms | \
      velocity error | guessing | sustain F1 |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|

      """
    func shown(_ value: Double?, _ places: Int = 3) -> String {
      value.map { String(format: "%.\(places)f", $0) } ?? "–"
    }
    for row in rows {
      let frames = row.frames.perFrame
      let cells =
        [row.title, String(row.clips)]
        + [frames.precision, frames.recall, frames.accuracy, frames.f1, row.frames.pooled.f1].map { shown($0) }
        + [row.notes.onset.f1, row.notes.onsetAndEnd.f1, row.notes.onsetAndVelocity.f1].map { shown($0) }
        + [shown(row.notes.timingError, 1), shown(row.notes.velocityError, 1), shown(row.notes.velocityErrorOfMean, 1)]
        + [row.sustain.wanted + row.sustain.found > 0 ? shown(row.sustain.f1) : "–"]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return text
  }
}
