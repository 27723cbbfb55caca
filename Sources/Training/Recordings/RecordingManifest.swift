// RecordingManifest: what a set of somebody's own recordings is: manifest.json in the set's folder, as a piano set has one.
import Foundation
import Score
import Tensors

/// The description of a set that was recorded. The same recipe makes the same bytes.
public struct RecordingManifest: Codable, Equatable, Sendable, SetManifest {
  /// A recording, and where its score lies in it.
  public struct Source: Codable, Equatable, Sendable {
    public let sound: String, digest: String, score: String, scoreDigest: String
    public let alignment: Alignment
    public let seconds: Double
  }

  public struct Recipe: Codable, Equatable, Sendable {
    public let sources: [Source]
    /// What the owner of the recordings says may be done with them.
    public let licence: String
    /// What every sample is multiplied with, and how far the piano stands above the strings of the voice.
    public let gain: Double, cents: Double
    /// How long the pieces are into which the recordings are cut, about.
    public let secondsPerPiece: Double
  }

  /// A part of a recording: `name.mid` and `name.s16`.
  public struct Entry: Codable, Equatable, Sendable {
    public let name: String, sound: String
    /// The first sample, at 24 kHz, in the recording.
    public let first: Int
    public let notes: Int, samples: Int
  }

  public var kind = RecordingManifest.kind
  public var format = 1
  public let recipe: Recipe
  public var pieces: [Entry] = []

  public init(_ recipe: Recipe) { self.recipe = recipe }

  static let kind = "recordings"

  public var licence: String { recipe.licence }
  public var minutes: Double { Double(pieces.reduce(0) { $0 + $1.samples }) / Double(Recording.sampleRate) / 60 }
  public var summary: String { String(format: "%.0f minutes of recordings, \(recipe.sources.count) files", minutes) }
  public var identity: JSON {
    var digest = FileDigest()
    for source in recipe.sources { digest.add((source.digest + source.scoreDigest).utf8) }
    return JSON("recordings \(digest.text)")
  }

  /// Reads a folder's manifest; nil when it has none of this kind.
  static func read(in folder: URL) throws -> RecordingManifest? {
    struct Kind: Decodable { let kind: String? }
    let path = PianoManifest.path(in: folder)
    guard let data = FileManager.default.contents(atPath: path),
      (try? JSONDecoder().decode(Kind.self, from: data))?.kind == kind
    else { return nil }
    do { return try JSONDecoder().decode(RecordingManifest.self, from: data) } catch {
      throw DataError("\(path): not the manifest of a set of recordings: \(error)")
    }
  }

  func write(in folder: URL) throws { try PianoManifest.write(self, in: folder) }

  /// The pieces.
  ///
  /// - Throws: `DataError` when one is not as the manifest says.
  func read(in folder: URL) throws -> [Piece] {
    try pieces.map { entry in
      let path = folder.appendingPathComponent(entry.name).path
      guard let bytes = FileManager.default.contents(atPath: path + ".mid"), let score = try? Score(midi: Array(bytes)),
        score.notes.count == entry.notes
      else { throw DataError("\(path).mid: expected a score of \(entry.notes) notes; make the set anew") }
      do { return Piece(events: score.events(), sound: try SoundFile(path + ".s16", samples: entry.samples)) } catch {
        throw DataError("\(error); make the set anew")
      }
    }
  }
}
