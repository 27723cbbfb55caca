// ClipPieces: the sounds of clips as a codec learns them: pieces in which nothing is known to be played.
// A sound is read when it is wanted.
import Foundation
import Media
import Tensors

extension PianoSet {
  /// The sounds of a list of clips, 24 kHz.
  ///
  /// - Throws: `DataError` where one cannot be read.
  public init(clips manifest: ClipManifest) throws {
    let pieces = try manifest.clips.map { clip in
      Piece(
        events: [],
        sound: try ClipSoundFile(manifest.audio(clip), start: clip.start ?? 0, seconds: clip.seconds, rate: 24000))
    }
    (self.manifest, self.pieces) = (manifest, pieces)
  }
}

/// A part of a sound file of any rate.
private struct ClipSoundFile: PieceSound {
  private let path: String
  private let rate: Int, first: Int
  let samples: Int

  init(_ path: String, start: Double, seconds: Double?, rate: Int) throws {
    let file: AudioFileReader
    do { file = try AudioFileReader(path) } catch { throw DataError("\(error)") }
    (self.path, self.rate) = (path, rate)
    first = Int(start * Double(rate))
    let whole = Int(Double(file.frames) * Double(rate) / Double(max(1, file.sampleRate)))
    samples = max(0, min(seconds.map { Int($0 * Double(rate)) } ?? .max, whole - first))
  }

  func audio(from start: Int, count: Int) throws -> [Float] {
    let whole = try MonoSound.samples(path, rate: rate)
    return (start..<start + count).map { index in
      let place = first + index
      return 0..<samples ~= index && place < whole.count ? whole[place] : 0
    }
  }
}

extension ClipManifest: SetManifest {
  public var summary: String { summary(folder.lastPathComponent) }

  public var licence: String { licences.map(\.line).joined(separator: "; ") }

  public var identity: JSON {
    var digest = FileDigest()
    for clip in clips { digest.add(clip.json.text().utf8) }
    return JSON(digest.text)
  }
}
