// MediaFolder: the sounds and films in a folder and below, by their names without endings, so that lists find theirs.
import Foundation

/// What is there.
package struct MediaFolder {
  /// Their paths.
  package private(set) var sounds: [String: String] = [:], films: [String: String] = [:]

  private static let soundEndings: Set = ["wav", "flac", "ogg", "opus", "mp3", "m4a", "aiff", "aif"]
  private static let filmEndings: Set = ["mp4", "mkv", "webm", "avi", "mov", "m4v"]

  /// - Throws: `DataError` when there is no such folder, or nothing in it.
  package init(_ folder: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw DataError("\(folder.path): expected a folder of sounds or films, found none")
    }
    // Names are unique in such folders; where they are not, the first by its path is taken.
    let names = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).sorted()
    for name in names {
      let file = URL(fileURLWithPath: name)
      let stem = file.deletingPathExtension().lastPathComponent
      let path = folder.path + "/" + name
      if Self.soundEndings.contains(file.pathExtension.lowercased()) {
        sounds[stem] = sounds[stem] ?? path
      } else if Self.filmEndings.contains(file.pathExtension.lowercased()) {
        films[stem] = films[stem] ?? path
      }
    }
    guard !sounds.isEmpty || !films.isEmpty else {
      throw DataError("\(folder.path): expected sounds or films, found none in it or below")
    }
  }

  /// The first of some names that is there, as a sound and as a film.
  func find(_ names: [String]) -> (sound: String?, film: String?) {
    func first(_ files: [String: String]) -> String? { names.lazy.compactMap { files[$0] }.first }
    return (first(sounds), first(films))
  }
}
