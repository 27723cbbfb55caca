// Launched: the toy trainer as several ranks, started by the real mpirun, and what is done to single ones of them.
import Foundation
import Testing

/// A launch by mpirun.
struct Launched {
  /// Where mpirun is; nil where it is not.
  static let mpirun = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { $0 + "/mpirun" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  let process = Process()
  private let errors: URL

  /// - Parameters:
  ///   - groups: how many ranks, and what each of them is given, once or more often.
  ///   - scratch: a folder for what they say.
  init(_ groups: [(ranks: Int, arguments: [String])], scratch: String, _ settings: [String: String] = [:]) throws {
    let program = try KilledRunTests.program()
    process.executableURL = URL(fileURLWithPath: try #require(Launched.mpirun))
    process.arguments = Array(
      groups.map { ["-n", String($0.ranks), program] + $0.arguments }.joined(separator: [":"]))
    // As root, in any number, on any core; three seconds from a signal to the end; nothing
    // of the kernel's that a container forbids.
    let launcher = [
      "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
      "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe", "OMPI_MCA_hwloc_base_binding_policy": "none",
      "OMPI_MCA_odls_base_sigkill_timeout": "3", "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(launcher) { $1 }.merging(settings) { $1 }
    errors = URL(fileURLWithPath: scratch + "/" + UUID().uuidString + ".errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  /// How it ended, and what was said.
  func finish() throws -> (status: Int32, errors: String) {
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
  }

  /// The process that is a rank; waits until it is there.
  func process(of rank: Int) throws -> pid_t {
    let marks = ["OMPI_COMM_WORLD_RANK=\(rank)", "PMI_RANK=\(rank)"]
    while process.isRunning {
      for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
        guard let id = pid_t(name), id != process.processIdentifier,
          let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline"),
          String(decoding: line, as: UTF8.self).contains("ToyTrainer"),
          let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ")
        else { continue }
        let settings = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        if settings.contains(where: marks.contains), isBelow(id) { return id }
      }
      usleep(5000)
    }
    throw CancellationError()
  }

  /// Whether a process descends from mpirun.
  private func isBelow(_ id: pid_t) -> Bool {
    var id = id
    while id > 1 {
      guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return false }
      // After the name, which stands in brackets: the state, and the parent.
      let rest = String(decoding: status, as: UTF8.self).split(separator: ")").last ?? ""
      id = rest.split(separator: " ").dropFirst().first.flatMap { pid_t($0) } ?? 0
      if id == process.processIdentifier { return true }
    }
    return false
  }
}
