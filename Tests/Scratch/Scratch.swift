// Scratch: a folder that is there for one test.
import Foundation

/// A folder, removed when its owner goes.
public final class Scratch {
  public let path: String

  public init() throws {
    path = NSTemporaryDirectory() + "fotoplayer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
