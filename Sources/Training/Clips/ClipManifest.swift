// ClipManifest: the one list of clips that Foley is learned from: clips.jsonl, a clip a line, whatever they come from.
// Lists may be joined with `cat`. Empty lines, and lines that begin with #, are passed over.
import Foundation
import Tensors

/// A list of clips, and the folder that their paths count from.
public struct ClipManifest: Sendable {
  /// What the file is called in the folder of a set.
  public static let name = "clips.jsonl"

  public let folder: URL
  public var clips: [Clip]

  /// Whether a path is that of a list of clips, or of a folder with one.
  public static func isThere(_ path: String) -> Bool {
    path.hasSuffix(".jsonl") || FileManager.default.fileExists(atPath: "\(path)/\(name)")
  }

  public init(folder: URL, clips: [Clip]) { (self.folder, self.clips) = (folder, clips) }

  /// Reads a manifest; of a folder, the one inside.
  ///
  /// - Throws: `DataError` with path, line, what was expected and what was found. Whether the media are there is another
  ///   question: see `missing`.
  public init(_ path: String) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let place =
      isFolder.boolValue
      ? URL(fileURLWithPath: path).appendingPathComponent(Self.name)
      : URL(
        fileURLWithPath: path)
    let name = isFolder.boolValue ? path + "/" + Self.name : path
    guard isThere, let data = FileManager.default.contents(atPath: place.path) else {
      throw DataError(
        "\(name): expected a list of clips, found nothing that can be read; `fotoplayer-train data foley` makes a set, "
          + "`fotoplayer-train data import` a list of yours")
    }
    folder = place.deletingLastPathComponent()
    clips = []
    var lines: [String: Int] = [:]
    for (index, line) in data.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      let text = line.drop { $0 == 32 || $0 == 9 || $0 == 13 }
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      do {
        let clip = try Clip(try JSON(parsing: Array(text)))
        if let other = lines.updateValue(index + 1, forKey: clip.id) {
          throw Clip.Fault(expected: "an \"id\" of its own", found: "\"\(clip.id)\", as in line \(other)")
        }
        clips.append(clip)
      } catch let fault as Clip.Fault {
        throw DataError("\(name):\(index + 1): expected \(fault.expected), found \(fault.found)")
      } catch {
        throw DataError("\(name):\(index + 1): expected a clip as JSON, found \(error)")
      }
    }
    guard !clips.isEmpty else { throw DataError("\(name): expected a clip a line, found none") }
  }

  /// Writes it, in a folder clips.jsonl; what was there is replaced when all of it is written.
  public func write(to path: String) throws {
    var file = try FileReplacement(path: path)
    var bytes: [UInt8] = []
    for clip in clips {
      bytes += clip.json.text().utf8
      bytes.append(10)
      if bytes.count > 1 << 20 {
        try file.write(bytes)
        bytes = []
      }
    }
    try file.write(bytes)
    try file.commit()
  }

  /// Where a clip's sound is, and its film.
  public func audio(_ clip: Clip) -> String { place(clip.audio) }
  public func video(_ clip: Clip) -> String? { clip.video.map(place) }

  private func place(_ path: String) -> String {
    path.hasPrefix("/") ? path : folder.appendingPathComponent(path).path
  }

  /// A path as it is written in a manifest of this folder: relative if it lies inside.
  static func path(_ media: URL, from folder: URL) -> String {
    let (media, folder) = (media.standardizedFileURL.path, folder.standardizedFileURL.path)
    return media.hasPrefix(folder + "/") ? String(media.dropFirst(folder.count + 1)) : media
  }

  /// The clips whose media are not there.
  public var missing: [Clip] {
    clips.filter { clip in
      ([audio(clip)] + [video(clip)].compactMap(\.self)).contains { !FileManager.default.isReadableFile(atPath: $0) }
    }
  }
}
