// AudeoSet: films of keyboards as the code of Audeo (Su, Liu and Shlizerman 2020) wants them: pictures that are cut to the
// keys, and labels for each. DIR/input_images/training/NAME/frame12.jpg, with DIR/labels/training/NAME.pkl or
// DIR/midi/training/NAME/0-50.npz; `testing` likewise.
import Foundation
import Training

/// The films of one half of it.
public struct AudeoSet: RollSourceSet {
  /// Which half.
  public enum Part: String, Sendable, CaseIterable { case training, testing }

  let films: [AudeoFilm]
  public var rollSources: RollSources { RollSources(all: films) }

  /// Finds the films; each is read when it is wanted.
  ///
  /// - Throws: `DataError` when there is none.
  public init(_ folder: URL, _ part: Part) throws {
    let pictures = folder.appendingPathComponent("input_images/\(part.rawValue)")
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: pictures.path)) ?? []).sorted()
    films = names.filter { !$0.hasPrefix(".") }.compactMap { name -> AudeoFilm? in
      let frames = AudeoFilm.frames(pictures.appendingPathComponent(name))
      return frames.isEmpty
        ? nil
        : AudeoFilm(
          name: "\(folder.lastPathComponent)-\(part.rawValue)-\(name)", frames: frames,
          pickle: folder.appendingPathComponent("labels/\(part.rawValue)/\(name).pkl"),
          archives: folder.appendingPathComponent("midi/\(part.rawValue)/\(name)"))
    }
    guard !films.isEmpty else {
      throw DataError("\(pictures.path): expected folders of pictures named frame0.jpg, frame1.jpg …, found none")
    }
  }
}

/// One film.
struct AudeoFilm: RollSource {
  let name: String
  /// Numbers and files, by number.
  let frames: [(number: Int, path: String)]
  let pickle: URL, archives: URL

  private static let endings: Set = ["jpg", "jpeg", "png"]

  /// The pictures in a folder, those named by a number behind `frame`.
  static func frames(_ folder: URL) -> [(number: Int, path: String)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name -> (number: Int, path: String)? in
      let file = folder.appendingPathComponent(name)
      let stem = file.deletingPathExtension().lastPathComponent
      guard endings.contains(file.pathExtension.lowercased()), stem.hasPrefix("frame"),
        let number = Int(stem.dropFirst(5)), 0...1_000_000_000 ~= number
      else { return nil }
      return (number, file.path)
    }.sorted { ($0.number, $0.path) < ($1.number, $1.path) }
  }

  var sizes: [String: Int] { ["pictures": frames.count, "first": frames[0].number] }

  func labels() throws -> AudeoLabels {
    if FileManager.default.fileExists(atPath: pickle.path) { return try AudeoLabels(pickle: pickle.path) }
    guard FileManager.default.fileExists(atPath: archives.path) else {
      throw Finding.fault(
        name, "it has no labels", "they belong into \(pickle.path), or archives into \(archives.path)")
    }
    return try AudeoLabels(archives: archives)
  }
}
