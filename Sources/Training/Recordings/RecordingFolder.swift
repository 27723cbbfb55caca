// RecordingFolder: which files of a folder belong together: every sound with the score beside it, or one score for all.
import Foundation

/// A sound and its score.
public struct RecordingPair: Sendable, Equatable {
  /// Names in the folder.
  public let sound: String, score: String
  /// Whether the score is that of all recordings, each of which may be a part of it.
  public let isShared: Bool
}

/// What lies in a folder of recordings.
public struct RecordingFolder: Sendable {
  public let path: String
  public let pairs: [RecordingPair]
  /// What does not belong together, or is of the wrong kind.
  public let findings: [Finding]

  private static let sounds: Set = ["wav", "wave", "flac", "aif", "aiff"]
  private static let scores: Set = ["mid", "midi"]
  private static let lossy: Set = ["mp3", "ogg", "oga", "opus", "m4a", "aac", "wma", "mp4"]

  /// Looks at the names in the folder and below.
  ///
  /// - Throws: `DataError` when there is no folder, or no sound in it.
  public init(_ path: String) throws {
    self.path = path
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
      .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
    func having(_ endings: Set<String>) -> [String] { names.filter { endings.contains(Self.ending($0)) } }
    let scores = having(Self.scores)
    let sounds = having(Self.sounds)
    let lossy = having(Self.lossy)
    guard !sounds.isEmpty || !lossy.isEmpty else {
      throw DataError(
        "\(path): expected a folder of recordings (.wav or .flac) with a MIDI file beside each, found no sound file")
    }
    var pairs: [RecordingPair] = []
    var findings = lossy.map {
      Finding.fault(
        $0, "compressed with loss",
        "what \(Self.ending($0).uppercased()) leaves out would be learned as the piano's sound. Export it anew as WAV or FLAC"
      )
    }
    var used: Set<String> = []
    for sound in sounds {
      let beside = scores.first { Self.stem($0) == Self.stem(sound) }
      let isShared = beside == nil && scores.count == 1
      guard let score = beside ?? (isShared ? scores[0] : nil) else {
        findings.append(
          .fault(
            sound, "no score beside it",
            "put what was played as \((Self.stem(sound) as NSString).lastPathComponent).mid into the same folder"))
        continue
      }
      used.insert(score)
      pairs.append(RecordingPair(sound: sound, score: score, isShared: isShared))
    }
    for score in scores where !used.contains(score) {
      findings.append(
        .warning(score, "no recording beside it", "it is not used; a recording of it must have the same name"))
    }
    self.pairs = pairs
    self.findings = findings
  }

  private static func ending(_ name: String) -> String { (name as NSString).pathExtension.lowercased() }
  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }
}
