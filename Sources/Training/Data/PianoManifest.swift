// PianoManifest: what a set of performances is and whence it came: manifest.json in its folder.
import Foundation
import Tensors

/// What a set says of itself, whatever it was made of.
public protocol SetManifest: Sendable {
  /// For a voice's card: what is played, and under which licence it may be used.
  var summary: String { get }
  var licence: String { get }
  /// What tells it from other sets, for a run's description.
  var identity: JSON { get }
}

/// A set's description. The same recipe makes the same bytes.
public struct PianoManifest: Codable, Equatable, Sendable, SetManifest {
  /// How the set is made. A folder keeps to one recipe.
  public struct Recipe: Codable, Equatable, Sendable {
    public var seed: UInt64
    public var secondsPerPiece: Double
    public var soundFont: String
    /// Of the sound font, as General MIDI counts them; nil for the first one, a grand piano.
    public var instrument: Int?
    /// Of the sound font, whose sound this is.
    public var licence: String
    public var synthesiser: String
    public var sampleRate = FluidSynth.sampleRate, gain = FluidSynth.gain
    /// Samples that were taken from the beginning, so that sounds begin with their events.
    public var lag: Int
    /// The scores that it was made of; nil when everything is composed.
    public var scores: ScoreFolder.Identity?
    /// The share of composed sections that are drills; nil when none are.
    public var drills: Double?
    /// The keys that drills strike one by one; nil for all 88.
    public var drillKeys: ClosedRange<Int>?

    public init(
      seed: UInt64, secondsPerPiece: Double = 60, licence: String, scores: ScoreFolder.Identity? = nil,
      drills: Double = 0, drillKeys: ClosedRange<Int>? = nil, _ synthesiser: FluidSynth
    ) {
      self.seed = seed
      self.secondsPerPiece = secondsPerPiece
      self.licence = licence
      soundFont = synthesiser.soundFont.path
      instrument = synthesiser.instrument == 0 ? nil : Int(synthesiser.instrument)
      self.synthesiser = synthesiser.version
      lag = synthesiser.lag
      self.scores = scores
      self.drills = drills > 0 ? drills : nil
      self.drillKeys = drills > 0 ? drillKeys : nil
    }

    /// What composes the piece of a seed.
    func composer(seed: UInt64) -> PerformanceGenerator {
      PerformanceGenerator(seed: seed, drills: drills ?? 0, drillKeys: drillKeys)
    }
  }

  /// A performance of the set.
  public struct Entry: Codable, Equatable, Sendable {
    /// The files are `name.mid` and `name.s16`.
    public let name: String
    /// Decides the music; see `PerformanceGenerator` and `ScoreFolder`.
    public let seed: UInt64
    public let notes: Int, samples: Int
    /// The largest sample, of 32767.
    public let peak: Int
  }

  public var format = 2
  public var recipe: Recipe
  public var pieces: [Entry] = []

  public init(_ recipe: Recipe) { self.recipe = recipe }

  public var seed: UInt64 { recipe.seed }
  public var licence: String { recipe.licence }
  public var identity: JSON { JSON(Int(seed)) }
  public var soundFont: String { recipe.soundFont }
  public var hours: Double { Double(pieces.reduce(0) { $0 + $1.samples }) / Double(recipe.sampleRate) / 3600 }

  /// What was played, for a voice's card.
  public var summary: String {
    let length = String(format: "%.1f hours of", hours)
    guard let scores = recipe.scores else {
      return "\(length) generated performances, seed \(seed)\(practice), on \(soundFont)"
    }
    let rest = scores.share < 1 ? " (the rest generated)" : ""
    return
      "\(length) performances, seed \(seed), \(Int((100 * scores.share).rounded())) % from \(scores.files) scores\(rest)\(practice), "
      + "on \(soundFont)"
  }

  private var practice: String {
    let keys = recipe.drillKeys.map { " of keys \($0.lowerBound) to \($0.upperBound)" } ?? ""
    return recipe.drills.map { ", \(Int((100 * $0).rounded())) % of it drills\(keys)" } ?? ""
  }

  package static func path(in folder: URL) -> String { folder.appendingPathComponent("manifest.json").path }

  /// Reads a folder's manifest; nil when it has none.
  static func read(in folder: URL) throws -> PianoManifest? {
    guard let data = FileManager.default.contents(atPath: path(in: folder)) else { return nil }
    do { return try JSONDecoder().decode(PianoManifest.self, from: data) } catch {
      throw DataError("\(path(in: folder)): not the manifest of a piano set: \(error)")
    }
  }

  func write(in folder: URL) throws { try Self.write(self, in: folder) }

  /// Writes a manifest of any kind.
  package static func write(_ manifest: some Encodable, in folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var file = try FileReplacement(path: path(in: folder))
    try file.write(Array(try encoder.encode(manifest)))
    try file.commit()
  }
}
