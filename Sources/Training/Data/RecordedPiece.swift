// RecordedPiece: a score and its recording, two files of anybody's, as a piece: 24 kHz, mono.
import Foundation
import Score

extension Piece {
  /// Opens a MIDI file and a sound file that begin together. Channels are averaged, other rates are resampled.
  ///
  /// - Throws: `DataError` with the path, when one of them cannot be read or the recording is empty.
  public init(score path: String, recording: String) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw DataError("\(path): cannot be read; expected a MIDI file")
    }
    let score: Score
    do { score = try Score(midi: Array(bytes)) } catch { throw DataError("\(path): \(error)") }
    self.init(events: score.events(), sound: try Self.samples(recording))
  }

  /// The samples of a recording, rounded as a set keeps them.
  private static func samples(_ path: String) throws -> HeldSound {
    let whole = try MonoSound.samples(path, rate: FluidSynth.sampleRate).map { sample in
      max(-32768, min(32767, (sample * 32768).rounded())) / 32768
    }
    return HeldSound(values: whole)
  }
}

/// A sound in memory.
struct HeldSound: PieceSound {
  let values: [Float]
  var samples: Int { values.count }

  func audio(from start: Int, count: Int) -> [Float] {
    let inside = max(0, start)..<max(0, start, min(samples, start + count))
    return (start..<start + count).map { inside.contains($0) ? values[$0] : 0 }
  }
}
