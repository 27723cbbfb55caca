// RunFolder: one training run on disk: run.json, checkpoints/, log.jsonl, plot.svg, samples/.
// A folder belongs to one configuration: another one is refused, since its steps would not follow from these.
import Foundation
import Tensors

/// A run's place.
public final class RunFolder {
  public let path: String
  private let lock: Int32

  public var checkpoints: String { path + "/checkpoints" }
  public var log: String { path + "/log.jsonl" }
  public var plot: String { path + "/plot.svg" }
  public var samples: String { path + "/samples" }

  /// Opens a run, or begins one.
  ///
  /// - Throws: `TrainingError` when the folder holds a run of another configuration, when another process trains in
  ///   it, or when it cannot be written.
  public init(path: String, configuration: JSON) throws {
    self.path = path
    do {
      for folder in [path, path + "/checkpoints", path + "/samples"] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
    } catch { throw TrainingError("\(path): cannot make the run's folder: \(error.localizedDescription)") }
    lock = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    if lock < 0 { throw TrainingError("\(path): cannot write: \(String(cString: strerror(errno)))") }
    // A program that somebody starts just now holds what we hold, for a moment, until it is itself.
    var patience = 20
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      patience -= 1
      guard errno == EWOULDBLOCK && patience > 0 else {
        close(lock)
        throw TrainingError("\(path): another process is training here")
      }
      usleep(25_000)
    }
    let file = path + "/run.json"
    if FileManager.default.fileExists(atPath: file) {
      let found = try RunFolder.configuration(path)
      let differences = RunFolder.differences(found, configuration)
      if !differences.isEmpty {
        throw TrainingError(
          "\(path) holds another run; choose another folder, or the same settings:\n  "
            + differences.prefix(12).joined(separator: "\n  "))
      }
    } else {
      var replacement = try FileReplacement(path: file)
      try replacement.write(Array((configuration.text(sorted: true, indented: true) + "\n").utf8))
      try replacement.commit()
    }
  }

  deinit { close(lock) }

  /// What run.json says.
  public static func configuration(_ path: String) throws -> JSON {
    let file = path + "/run.json"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw TrainingError("\(path): there is no run here (run.json is missing)")
    }
    do { return try JSON(parsing: Array(data)) } catch { throw TrainingError("\(file): \(error)") }
  }

  /// One line for every value that differs, with its path.
  static func differences(_ found: JSON, _ asked: JSON, at path: String = "") -> [String] {
    if found == asked { return [] }
    if case .object(let old) = found, case .object(let new) = asked {
      let names = old.map(\.name) + new.map(\.name).filter { name in !old.contains { $0.name == name } }
      return names.flatMap { name in
        differences(found[name] ?? .null, asked[name] ?? .null, at: path.isEmpty ? name : path + "." + name)
      }
    }
    return ["\(path): the run has \(found.text()), asked for is \(asked.text())"]
  }
}
