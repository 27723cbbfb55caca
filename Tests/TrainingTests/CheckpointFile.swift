// CheckpointFile: what the newest checkpoint of a run holds, to compare it with another run's.
import Foundation
import Scratch
import Testing
import Training

extension Scratch {
  /// The bytes of the newest checkpoint's file.
  static func file(_ name: String, of run: String) throws -> Data {
    let last = Checkpoint.all(in: run + "/checkpoints").last
    return try Data(contentsOf: URL(fileURLWithPath: try #require(last).file(name)))
  }
}
