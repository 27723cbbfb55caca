// ClipImport: a published list and a folder of media become a manifest: of each listed clip, whether its media are there.
import Foundation

/// What came of a list.
public struct ClipImport: Sendable {
  public let manifest: ClipManifest
  /// How many clips the list has, and the names of those whose media were not found.
  public let listed: Int
  public let missing: [String]

  /// How a list is imported.
  public struct Options: Sendable {
    /// Media named by their film alone are whole films, of which the list's part is taken; else they are that part.
    public var isWhole = false
    /// Instead of what the list's publishers state, and of the list's own.
    public var licence: String?, split: String?
    /// AudioSet's names by their signs.
    public var labels: [String: String] = [:]

    public init() {}
  }

  /// Reads the list, and looks for its media.
  ///
  /// - Parameter folder: of the manifest, from which paths within it count.
  /// - Throws: `DataError` with path and line where the list is not as its kind is, and when none of its media is there.
  public init(_ list: ClipList, _ path: String, media: URL, for folder: URL, _ options: Options = Options()) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DataError("\(path): expected a list of \(list.source), found nothing that can be read")
    }
    let entries = try list.read(Array(data), path: path, labels: options.labels)
    guard !entries.isEmpty else { throw DataError("\(path): expected clips of \(list.source), found none") }
    let files = try MediaFolder(media)
    var (clips, missing): ([Clip], [String]) = ([], [])
    var seen: Set<String> = []
    for entry in entries where seen.insert(entry.id).inserted {
      let part = files.find(entry.parts)
      let isPart = part.sound != nil || part.film != nil
      let found = isPart ? part : files.find(entry.wholes)
      guard let audio = found.sound ?? found.film, !(found.film == nil && entry.captions.isEmpty) else {
        missing.append(entry.id)
        continue
      }
      func path(_ file: String) -> String { ClipManifest.path(URL(fileURLWithPath: file), from: folder) }
      var clip = Clip(id: entry.id, audio: path(audio), key: entry.key)
      clip.video = found.film.map(path)
      (clip.captions, clip.category, clip.seconds) = (entry.captions, entry.category, entry.seconds)
      if !isPart, options.isWhole { clip.start = entry.start }
      clip.split = options.split ?? entry.split
      (clip.licence, clip.source) = (options.licence ?? list.licence, list.source)
      clips.append(clip)
    }
    (manifest, self.missing, listed) = (ClipManifest(folder: folder, clips: clips), missing, seen.count)
    guard !clips.isEmpty else {
      let example = entries[0]
      let names = (example.parts.prefix(3) + example.wholes).joined(separator: ", ")
      let signs = list == .audioset && options.labels.isEmpty ? " Sounds without a film need --labels." : ""
      throw DataError(
        "\(media.path): expected media of the \(seen.count) clips of \(path), found none; the first one's may be called "
          + "\(names) with the ending of a sound or a film.\(signs)")
    }
  }
}
