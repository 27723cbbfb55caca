// Checkpoint: all that a run needs to go on bit for bit: weights, both moments, the average, and the step.
// A folder a step; every file appears whole, DONE with their sizes comes last, so a folder without it is no checkpoint.
import Foundation
import Tensors

/// Tensors that a checkpoint keeps beside the model's: a file of its own.
struct CheckpointPart {
  let name: String
  let tensors: [(name: String, tensor: Tensor)]

  init(_ name: String, _ tensors: [(name: String, tensor: Tensor)]) {
    self.name = name
    self.tensors = tensors
  }
}

/// A complete checkpoint on disk.
public struct Checkpoint: Sendable {
  public let path: String
  public let step: Int

  /// The files' names without their ending. A model that performs is loaded from `average`.
  static let names = ["weights", "first-moment", "second-moment", "average"]

  public func file(_ name: String) -> String { "\(path)/\(name).safetensors" }

  /// The complete checkpoints under a folder, in the order of their steps. What is half written is passed over.
  public static func all(in folder: String) -> [Checkpoint] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { Checkpoint(path: folder + "/" + $0) }.sorted { $0.step < $1.step }
  }

  /// The checkpoint at `path`; nil when it is not complete.
  public init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path + "/DONE"), let done = try? JSON(parsing: Array(data)),
      let step = done["step"]?.integer, let files = done["files"]?.members, !files.isEmpty
    else { return nil }
    for file in files {
      let size = try? FileManager.default.attributesOfItem(atPath: path + "/" + file.name)[.size] as? Int
      guard let size, size == file.value.integer else { return nil }
    }
    self.path = path
    self.step = step
  }

  /// Writes a checkpoint.
  ///
  /// - Throws: an error with the path and the system's reason. Nothing of the checkpoint is left then.
  static func write(
    in folder: String, step: Int, _ state: OptimiserState, _ average: ExponentialAverage,
    beside: [CheckpointPart] = []
  ) throws {
    let number = String(step)
    let path = folder + "/step-" + String(repeating: "0", count: max(0, 6 - number.count)) + number
    do {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let memories = [state.weights.flat, state.first, state.second, average.flat]
      var sizes: [JSON.Member] = []
      let own = zip(names, memories).map { CheckpointPart($0, tensors(of: state.weights, in: $1)) }
      for part in own + beside {
        let file = "\(path)/\(part.name).safetensors"
        try SafeTensors.write(part.tensors, metadata: ["step": number], to: file)
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        sizes.append(JSON.Member(part.name + ".safetensors", JSON(size ?? 0)))
      }
      var done = try FileReplacement(path: path + "/DONE")
      try done.write(Array(JSON.object([.init("step", JSON(step)), .init("files", .object(sizes))]).text().utf8))
      try done.commit()
      try sync(folder)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  /// Puts everything back as it was after `step`.
  func restore(
    _ state: OptimiserState, _ average: ExponentialAverage, beside: [CheckpointPart] = []
  ) throws {
    let memories = [state.weights.flat, state.first, state.second, average.flat]
    let own = zip(Checkpoint.names, memories).map { CheckpointPart($0, Checkpoint.tensors(of: state.weights, in: $1)) }
    for part in own + beside {
      let source = try SafeTensors(path: file(part.name))
      for (name, tensor) in part.tensors {
        try source.fill(name, tensor, initial: .zeros)
      }
    }
  }

  /// Removes old checkpoints: the newest `keep` stay, and the multiples of `milestone`.
  static func prune(in folder: String, keep: Int, milestone: Int?) {
    for old in all(in: folder).dropLast(keep) where milestone.map({ old.step % $0 != 0 }) ?? true {
      // The mark goes first, so that no half-removed folder is taken for complete.
      unlink(old.path + "/DONE")
      try? FileManager.default.removeItem(atPath: old.path)
    }
  }

  /// Every weight by its name, in another memory of the same layout; constants are where they are.
  static func tensors(of weights: Weights, in memory: Storage) -> [(name: String, tensor: Tensor)] {
    weights.entries.map { entry in
      guard entry.isParameter else { return (entry.name, entry.tensor) }
      let offset = entry.tensor.data - weights.flat.data
      let count = entry.tensor.shape.count
      return (entry.name, Tensor(entry.tensor.shape, storage: Storage(slice: memory, at: offset, count: count)))
    }
  }

  /// Makes the names in a folder durable.
  private static func sync(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor < 0 || fsync(descriptor) != 0 {
      throw TrainingError("\(folder): cannot sync: \(String(cString: strerror(errno)))")
    }
  }
}
