// RollSet: a folder of clips cut to strips, made once from films and read many times; no film is needed any more.
// A tenth of the clips is kept from learning, chosen by their names, so that a set that grows keeps what it kept.
import Conditioning
import Foundation
import Tensors

/// A set of strips.
public struct RollSet: Sendable {
  /// How all its clips were cut: manifest.json.
  public struct Recipe: Codable, Equatable, Sendable {
    public var format = 1
    /// Of a strip: all 88 keys from its left edge to its right one.
    public var rows: Int, columns: Int
    /// What is seen before the keys and behind them, mm.
    public var inFront: Float, behind: Float

    /// For a strip predictor.
    public init(_ strip: StripGeometry = StripGeometry()) {
      (rows, columns, inFront, behind) = (strip.rows, strip.columns, strip.inFront, strip.behind)
    }

    /// For Video2Roll: the keys alone.
    public static var full: Recipe {
      var recipe = Recipe()
      (recipe.rows, recipe.columns) = Video2Roll.size
      (recipe.inFront, recipe.behind) = (0, 0)
      return recipe
    }

    /// Columns from one white key to the next.
    var pitch: Float { Float(columns) / Float(StripGeometry.whites) }

    /// What to say where another recipe is wanted.
    func mismatch(_ wanted: Recipe) -> String {
      "expected strips of \(wanted.columns) × \(wanted.rows) with \(wanted.inFront) and \(wanted.behind) mm around, "
        + "found \(columns) × \(rows) with \(inFront) and \(behind); `data rolls --size` cuts others"
    }

    /// Rows and columns of a view's pictures.
    public func size(_ view: RollView) -> (rows: Int, columns: Int) {
      view.seesKeys ? (rows, columns) : (RollInput.pedalRows, RollInput.pedalColumns)
    }
  }

  public let folder: URL
  public let recipe: Recipe
  /// By name.
  public let clips: [RollClip]
  /// Which of them are learned from, and which are kept to measure and to tune by.
  public let learned: [Int], kept: [Int]

  /// The recipe of a folder; nil when there is none.
  public static func recipe(in folder: URL) throws -> Recipe? {
    let path = PianoManifest.path(in: folder)
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    guard let recipe = try? JSONDecoder().decode(Recipe.self, from: data), recipe.format == 1,
      8...512 ~= recipe.rows, 200...4096 ~= recipe.columns
    else { throw DataError("\(path): expected the manifest of a set of strips, found something else") }
    return recipe
  }

  /// Opens a set, as far as it is made. No picture is read yet.
  ///
  /// - Throws: `DataError` with the path and what is wrong.
  public init(_ folder: URL) throws {
    guard let recipe = try Self.recipe(in: folder) else {
      throw DataError("\(folder.path): there is no set of strips here; `fotoplayer-train data rolls` makes one")
    }
    (self.folder, self.recipe) = (folder, recipe)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let places = names.filter { !$0.hasPrefix(".") }.sorted().map { folder.appendingPathComponent($0) }
    let clips = try places.filter { FileManager.default.fileExists(atPath: RollClip.descriptionPath($0)) }.map {
      try RollClip($0, recipe: recipe)
    }
    guard !clips.isEmpty else {
      throw DataError("\(folder.path): there is no clip in this set yet; `fotoplayer-train data rolls` makes some")
    }
    var kept = clips.indices.filter { index in
      var digest = FileDigest()
      digest.add(clips[index].name.utf8)
      return (UInt64(digest.text, radix: 16) ?? 0) % 10 == 0
    }
    if kept.isEmpty, clips.count > 1 { kept = [clips.count - 1] }
    if kept.count == clips.count { kept.removeLast() }
    self.clips = clips
    self.kept = kept
    learned = clips.indices.filter { [kept] in !kept.contains($0) }
  }

  /// The mean velocity of all notes of clips that tell it, as one that is guessed; nil where none does.
  public var usualVelocity: Double? {
    let velocities = clips.filter { $0.description.tellsVelocities ?? true }.flatMap { clip in
      clip.precise.notes.map { Double($0.velocity) }
    }
    return velocities.isEmpty ? nil : velocities.reduce(0, +) / Double(velocities.count)
  }

  public var hours: Double { clips.reduce(0) { $0 + Double($1.times.count) * $1.period } / 3600 }

  /// What tells it from other sets, for a run's description.
  public var identity: JSON {
    var digest = FileDigest()
    for clip in clips { digest.add("\(clip.name) \(clip.times.count) \(clip.description.views)\n".utf8) }
    return ["clips": JSON(clips.count), "digest": JSON(digest.text)]
  }

  /// What was filmed, for a predictor's card.
  public var summary: String {
    let counts = RollView.allCases.map { view in (view, clips.count { $0.views.contains(view) }) }
    let views = counts.filter { $0.1 > 0 }.map { "\($0.0.rawValue) \($0.1)" }.joined(separator: ", ")
    let styles = Set(clips.compactMap(\.description.style)).sorted().joined(separator: ", ")
    return String(format: "%.2f hours, %d clips (%@)", hours, clips.count, views)
      + (styles.isEmpty ? "" : ", of \(styles)")
  }

  public var licence: String {
    let named = Set(clips.compactMap(\.description.licence)).sorted()
    return named.isEmpty ? "not stated" : named.joined(separator: ", ")
  }
}
