// PianoSet: a folder of performances with their sound, made once and read many times.
// piece-00001.mid holds the score, piece-00001.s16 the sound (24 kHz, mono, little-endian); manifest.json says the rest.
import Foundation
import Score

/// One performance.
public struct Piece: Sendable {
  /// In order, at 24 kHz.
  public let events: [PerformanceEvent]
  /// The sound, memory-mapped.
  public let sound: Data

  public var samples: Int { sound.count / 2 }

  /// Samples `start ..< start + count` as floats in ±1; silence outside the piece.
  public func audio(from start: Int, count: Int) -> [Float] {
    let inside = max(0, start)..<max(0, start, min(samples, start + count))
    return [Float](unsafeUninitializedCapacity: count) { floats, used in
      floats.initialize(repeating: 0)
      used = count
      sound.withUnsafeBytes { bytes in
        for index in inside {
          let sample = bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
          floats[index - start] = Float(Int16(littleEndian: sample)) / 32768
        }
      }
    }
  }
}

/// A set on disk.
public struct PianoSet: Sendable {
  public let manifest: any SetManifest
  public let pieces: [Piece]

  /// Opens a set, whole or as far as it is made.
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
    pieces = try manifest.pieces.map { entry in
      let path = folder.appendingPathComponent(entry.name).path
      guard let sound = try? Data(contentsOf: URL(fileURLWithPath: path + ".s16"), options: .alwaysMapped),
        sound.count == 2 * entry.samples
      else {
        throw DataError(
          "\(path).s16: expected \(entry.samples) samples; `fotoplayer-train data piano` makes what lacks")
      }
      let score = try PianoSet.score(entry, manifest.recipe, at: path + ".mid")
      return Piece(events: score.events(), sound: sound)
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
    let score = FluidSynth.exact(PerformanceGenerator(seed: entry.seed).performance(seconds: recipe.secondsPerPiece))
    guard found == Data(FluidSynth.midi(score)) else {
      throw DataError("\(path): this is not what seed \(entry.seed) composes now; make the set anew elsewhere")
    }
    return score
  }
}
