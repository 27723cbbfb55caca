// FilmSet: a folder of filmed performances, one folder a clip, in the layout of docs/films.md, rendered or recorded.
import Foundation
import Scenery
import Score
import Training

/// The folder of one clip.
public struct ClipFolder: Sendable {
  /// Its three scores: keys as they are seen, notes with velocity, and these with pedals.
  public enum Part: String, CaseIterable, Sendable { case coarse, precise, fine }

  public let folder: URL
  public var name: String { folder.lastPathComponent }
  private let names: Set<String>

  private static let containers = ["mp4", "mov", "mkv", "webm", "avi", "m4v"]
  private static let sounds = ["wav", "flac"]

  init(_ folder: URL) {
    self.folder = folder
    names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
  }

  private func file(_ stem: String, _ endings: [String]) -> URL? {
    endings.map { "\(stem).\($0)" }.first { names.contains($0) }.map { folder.appendingPathComponent($0) }
  }

  /// The film of a view; nil where there is none.
  public func film(_ view: FilmView) -> URL? { file(view.rawValue, Self.containers) }
  public var sound: URL? { file("audio", Self.sounds) }
  public func score(_ part: Part) -> URL? { file(part.rawValue, ["mid", "midi"]) }
  /// How high fingers hang over keys, where that is known.
  public var heights: URL? { file("heights", ["f32"]) }

  /// What clip.json says; nil where there is none.
  public func clip() throws -> FilmClip? { try FilmClip.read(in: folder) }

  /// The score of a step.
  ///
  /// - Throws: `DataError` with the path when it is not there or is no MIDI file.
  public func read(_ part: Part) throws -> Score {
    let path = score(part)?.path ?? folder.appendingPathComponent(part.rawValue + ".mid").path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DataError("\(path): expected a MIDI file, found nothing that can be read")
    }
    do { return try Score(midi: Array(data)) } catch { throw DataError("\(path): \(error)") }
  }

  /// Whether anything of a clip is in it.
  var holdsClip: Bool {
    names.contains("clip.json") || FilmView.allCases.contains { film($0) != nil }
      || Part.allCases.contains { score($0) != nil }
  }
}

/// The clips in a folder.
public struct FilmSet: Sendable {
  public let folder: URL
  /// By name.
  public let clips: [ClipFolder]

  /// Finds them: every folder inside, or the folder itself, that holds a film, a score or a description.
  ///
  /// - Throws: `DataError` when there is none.
  public init(_ folder: URL) throws {
    self.folder = folder
    let own = ClipFolder(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let inside = names.filter { !$0.hasPrefix(".") }.sorted().map { ClipFolder(folder.appendingPathComponent($0)) }
    clips = own.holdsClip ? [own] : inside.filter(\.holdsClip)
    guard !clips.isEmpty else {
      throw DataError(
        "\(folder.path): expected folders of clips with top.mp4, precise.mid and others, found none; "
          + "`fotoplayer-train data film` makes some, docs/films.md says how yours must look")
    }
  }
}
