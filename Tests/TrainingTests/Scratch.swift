// Scratch: a folder that is there for one test.
import Foundation
import Testing
import Training

/// A folder, removed when its owner goes.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "fotoplayer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The bytes of the newest checkpoint's file.
  static func file(_ name: String, of run: String) throws -> Data {
    let last = Checkpoint.all(in: run + "/checkpoints").last
    return try Data(contentsOf: URL(fileURLWithPath: try #require(last).file(name)))
  }
}
