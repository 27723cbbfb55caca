// PianoSet: a folder of performances with their sound, made once and read many times.
// piece-00001.mid holds the score, piece-00001.s16 the sound (24 kHz, mono, little-endian); manifest.json says the rest.
import Foundation
import Score

/// The sound of a piece, 24 kHz, mono.
public protocol PieceSound: Sendable {
  var samples: Int { get }
  /// Samples `start ..< start + count` in ±1; silence outside the sound.
  func audio(from start: Int, count: Int) throws -> [Float]
}

/// One performance.
public struct Piece: Sendable {
  /// In order, at 24 kHz.
  public let events: [PerformanceEvent]
  /// Of a set, read where it is wanted.
  public let sound: any PieceSound

  public init(events: [PerformanceEvent], sound: any PieceSound) {
    self.events = events
    self.sound = sound
  }

  public var samples: Int { sound.samples }

  /// Samples `start ..< start + count` as floats in ±1; silence outside the piece.
  ///
  /// - Throws: an error with the path, when the sound is gone or became shorter.
  public func audio(from start: Int, count: Int) throws -> [Float] { try sound.audio(from: start, count: count) }
}

/// A set on disk.
public struct PianoSet: Sendable {
  public let manifest: any SetManifest
  public let pieces: [Piece]

  /// Opens a set, whole or as far as it is made. No sound is read yet.
  ///
  /// - Throws: `DataError` with the path and what is wrong.
  public init(_ folder: URL) throws {
    if let recorded = try RecordingManifest.read(in: folder) {
      (manifest, pieces) = (recorded, try recorded.read(in: folder))
      return
    }
    guard let manifest = try PianoManifest.read(in: folder), !manifest.pieces.isEmpty else {
      throw DataError("\(folder.path): there is no piano set here; `fotoplayer-train data piano` makes one")
    }
    self.manifest = manifest
    func path(_ entry: PianoManifest.Entry) -> String { folder.appendingPathComponent(entry.name).path }
    let kept = EventFile(folder: folder, manifest: manifest)
    let found = kept.read(count: manifest.pieces.count)
    let events =
      try found ?? manifest.pieces.map { try Self.score($0, manifest.recipe, at: path($0) + ".mid").events() }
    if found == nil { kept.write(events) }
    pieces = try zip(manifest.pieces, events).map { entry, events in
      do { return Piece(events: events, sound: try SoundFile(path(entry) + ".s16", samples: entry.samples)) } catch {
        throw DataError("\(error); `fotoplayer-train data piano` makes what lacks")
      }
    }
  }

  /// What was played: read from the file where it came from scores, else what the seed composes, which the file must be.
  private static func score(_ entry: PianoManifest.Entry, _ recipe: PianoManifest.Recipe, at path: String) throws
    -> Score
  {
    let found = FileManager.default.contents(atPath: path)
    if recipe.scores != nil {
      let score = found.flatMap { try? Score(midi: Array($0)) }
      guard let score, score.notes.count == entry.notes else {
        throw DataError(
          "\(path): expected a score of \(entry.notes) notes, found \(score?.notes.count.description ?? "none")")
      }
      return score
    }
    let score = FluidSynth.exact(recipe.composer(seed: entry.seed).performance(seconds: recipe.secondsPerPiece))
    guard found == Data(FluidSynth.midi(score)) else {
      throw DataError("\(path): this is not what seed \(entry.seed) composes now; make the set anew elsewhere")
    }
    return score
  }
}
