// TrainingLog: log.jsonl, a line for every few steps, in the order of the steps also after a crash:
// a run that goes on from an earlier step takes back the lines of the steps that it will do again.
import Foundation
import Tensors

/// The log of a run.
public final class TrainingLog {
  private let path: String
  private let descriptor: Int32

  /// Opens a log to go on after `step`.
  public init(path: String, after step: Int) throws {
    self.path = path
    if FileManager.default.fileExists(atPath: path) {
      let kept = try TrainingLog.lines(path).filter { ($0["step"]?.integer ?? .max) <= step }
      var file = try FileReplacement(path: path)
      try file.write(kept.flatMap { Array(($0.text() + "\n").utf8) })
      try file.commit()
    }
    descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw TrainingError("\(path): cannot write: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// Appends a line, in one write.
  public func append(_ line: JSON) throws {
    let bytes = Array((line.text() + "\n").utf8)
    if write(descriptor, bytes, bytes.count) != bytes.count {
      throw TrainingError("\(path): cannot write: \(String(cString: strerror(errno)))")
    }
  }

  /// The lines of a log. What is no whole line, as a crash may leave one, is passed over.
  public static func lines(_ path: String) throws -> [JSON] {
    guard let data = FileManager.default.contents(atPath: path) else { throw TrainingError("\(path): cannot read") }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { try? JSON(parsing: Array($0)) }
  }
}
