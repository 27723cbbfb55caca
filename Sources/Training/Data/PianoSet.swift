// PianoSet: a folder of performances with their sound, made once and read many times.
// piece-00001.json holds the score, piece-00001.s16 the sound (24 kHz, mono); manifest.json says what and whence.
import Foundation
import Score

/// What a set is: the same manifest, the same bytes.
public struct PianoManifest: Codable, Equatable, Sendable {
  public var format = 1
  public var seed: UInt64
  public var pieces: Int
  public var secondsPerPiece: Double
  public var soundFont: String
  public var licence: String

  public init(seed: UInt64, pieces: Int, secondsPerPiece: Double, soundFont: String, licence: String) {
    self.seed = seed
    self.pieces = pieces
    self.secondsPerPiece = secondsPerPiece
    self.soundFont = soundFont
    self.licence = licence
  }
}

/// One performance.
public struct Piece: Sendable {
  /// In order, at 24 kHz.
  public let events: [PerformanceEvent]
  /// The sound, memory-mapped.
  public let sound: Data

  public var samples: Int { sound.count / 2 }

  /// Samples `start ..< start + count` as floats in ±1; silence outside the piece.
  public func audio(from start: Int, count: Int) -> [Float] {
    sound.withUnsafeBytes { raw in
      let samples = raw.bindMemory(to: Int16.self)
      return (start..<start + count).map { $0 >= 0 && $0 < samples.count ? Float(samples[$0]) / 32768 : 0 }
    }
  }
}

/// A set on disk.
public struct PianoSet: Sendable {
  public let manifest: PianoManifest
  public let pieces: [Piece]

  /// Opens a set.
  public init(_ folder: URL) throws {
    let path = folder.appendingPathComponent("manifest.json")
    guard let data = try? Data(contentsOf: path) else {
      throw DataError("\(folder.path): no manifest.json; `fotoplayer-train data piano` makes a set")
    }
    let manifest: PianoManifest
    do { manifest = try JSONDecoder().decode(PianoManifest.self, from: data) } catch {
      throw DataError("\(path.path): \(error)")
    }
    self.manifest = manifest
    pieces = try (0..<manifest.pieces).map { index in
      let name = PianoSet.name(index)
      let score = folder.appendingPathComponent(name + ".mid")
      let sound = folder.appendingPathComponent(name + ".s16")
      guard FileManager.default.fileExists(atPath: score.path),
        let samples = try? Data(contentsOf: sound, options: .alwaysMapped)
      else { throw DataError("\(sound.path): missing; run `fotoplayer-train data piano` again, it makes what lacks") }
      let performance = FluidSynth.exact(
        PerformanceGenerator(seed: manifest.seed &+ UInt64(index)).performance(seconds: manifest.secondsPerPiece))
      return Piece(events: performance.events(), sound: samples)
    }
  }

  static func name(_ index: Int) -> String { "piece-" + String(100_000 + index).dropFirst() }

  /// Makes what is missing of a set.
  ///
  /// - Parameter progress: told after each piece how many of them are there.
  public static func make(
    _ manifest: PianoManifest, in folder: URL, progress: (Int) -> Void
  ) throws {
    let files = FileManager.default
    let path = folder.appendingPathComponent("manifest.json")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    if let data = try? Data(contentsOf: path), var old = try? JSONDecoder().decode(PianoManifest.self, from: data) {
      old.pieces = manifest.pieces
      guard old == manifest else { throw DataError("\(folder.path) holds another set: \(old)") }
    }
    let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: manifest.soundFont))
    let scratch = folder.appendingPathComponent(".scratch")
    try files.createDirectory(at: scratch, withIntermediateDirectories: true)
    for index in 0..<manifest.pieces {
      let sound = folder.appendingPathComponent(name(index) + ".s16")
      if !files.fileExists(atPath: sound.path) {
        let score = FluidSynth.exact(
          PerformanceGenerator(seed: manifest.seed &+ UInt64(index)).performance(seconds: manifest.secondsPerPiece))
        let samples = try synthesiser.render(score, seconds: manifest.secondsPerPiece, scratch: scratch)
        try Data(score.midi()).write(to: folder.appendingPathComponent(name(index) + ".mid"), options: .atomic)
        try samples.withUnsafeBytes { try Data($0).write(to: sound, options: .atomic) }
      }
      progress(index + 1)
    }
    try? files.removeItem(at: scratch)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(manifest).write(to: path, options: .atomic)
  }
}
