// RecordingReport: what is known of one recording once it has been looked at, kept so that nothing is looked at twice.
import Foundation

/// A recording's file, its score, and how they fit.
public struct RecordingReport: Codable, Equatable, Sendable {
  /// Names in the folder, and numbers made of the files' bytes.
  public let sound: String, score: String
  public let digest: String, scoreDigest: String
  public var seconds = 0.0
  /// Notes that a piano has, and those of them that lie inside the recording.
  public var notes = 0, inside = 0
  public var alignment: Alignment?
  /// Cents above the strings of the voice.
  public var cents: Double?
  /// The largest sample, and what makes the recording as loud as the voice's strings play the same notes, in dB.
  public var peak: Float = 0
  public var gain = 0.0
  /// The noise where nothing sounds, in dB below the music; nil where something always sounds.
  public var noise: Double?
  public var findings: [Finding] = []

  public var isFaulty: Bool { findings.contains { $0.weight == .fault } }

  init(_ pair: RecordingPair, digest: String, scoreDigest: String) {
    (sound, score, self.digest, self.scoreDigest) = (pair.sound, pair.score, digest, scoreDigest)
  }

  /// One line for a person.
  ///
  /// - Parameter pitch: of the voice's A4, Hz.
  public func line(pitch: Double) -> String {
    var parts = ["\(Self.clock(seconds)), \(inside) notes"]
    if let alignment {
      parts.append(String(format: "offset %+.3f s", alignment.offset))
      if abs(alignment.drift) > 2e-6 { parts.append(String(format: "drift %+.0f ppm", 1e6 * alignment.drift)) }
      parts.append("\(alignment.heard) of \(alignment.strikes) lone strikes heard in place")
    }
    parts.append(cents.map { String(format: "A = %.1f Hz", pitch * pow(2, $0 / 1200)) } ?? "tuning not heard")
    parts.append(String(format: "peak %.1f dB", 20 * log10(max(Double(peak), 1e-6))))
    if let noise { parts.append(String(format: "noise %.0f dB below the music", noise)) }
    return "\(sound): " + parts.joined(separator: ", ")
  }

  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return "\(whole / 60):" + String(100 + whole % 60).dropFirst()
  }
}
