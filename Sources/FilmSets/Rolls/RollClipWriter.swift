// RollClipWriter: the pictures of a clip of strips as it grows, a file a view, and then what else is known of it.
import Conditioning
import Foundation
import Training

/// Writes one clip.
struct RollClipWriter: ~Copyable {
  private let folder: URL
  private let files: [FileHandle]
  private(set) var times: [Double] = []

  init(_ folder: URL, _ views: [RollView]) throws {
    self.folder = folder
    files = try views.map { view in
      let path = RollClip.path(view, in: folder)
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      guard let file = FileHandle(forWritingAtPath: path) else { throw DataError("\(path): cannot write") }
      return file
    }
  }

  /// A strip of each view, seen at a time later than the last.
  mutating func add(_ cells: [[UInt8]], at time: Double) throws {
    for (file, bytes) in zip(files, cells) { try file.write(contentsOf: bytes) }
    times.append(time)
  }

  /// Writes what else a clip holds but its scores.
  ///
  /// - Parameter name: the clip's, for errors.
  consuming func finish(_ name: String, _ describe: (_ frames: Int) -> RollClip.Description) throws {
    for file in files { try file.close() }
    guard times.count >= RollInput.frames else {
      throw Finding.fault(name, "\(times.count) pictures", "a clip has five at least")
    }
    try RollClip.write(times: times, in: folder)
    try writeDescription(describe(times.count), to: RollClip.descriptionPath(folder))
  }
}
