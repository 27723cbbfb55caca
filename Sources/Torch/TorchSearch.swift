// TorchSearch: where a libtorch may lie: where one says, where the loader looks, where `python3` has its packages.
import Foundation

/// A place to look, and who named it.
struct TorchSearch {
  /// What to give to the loader, and why there.
  let path: String, reason: String

  /// - Parameter given: a library, a folder that holds it, or PyTorch's own folder; then nothing else is tried.
  static func places(_ given: String?) -> [TorchSearch] {
    if let given { return below(given, "--torch") }
    if let named = ProcessInfo.processInfo.environment["FOTOPLAYER_TORCH"], !named.isEmpty {
      return below(named, "FOTOPLAYER_TORCH")
    }
    let usual = TorchSearch(path: "libtorch.so", reason: "the loader's path")
    return [usual] + (python().map { below($0, "python3's packages") } ?? [])
  }

  /// The libraries that a path may mean. Without the parts for graphics cards, libtorch_cpu.so still computes.
  private static func below(_ path: String, _ reason: String) -> [TorchSearch] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [TorchSearch(path: path, reason: reason)]
    }
    let folders = [path, path + "/lib", path + "/torch/lib"]
    let found = folders.first { FileManager.default.fileExists(atPath: $0 + "/libtorch.so") } ?? path
    return ["libtorch.so", "libtorch_cpu.so"].map { TorchSearch(path: "\(found)/\($0)", reason: reason) }
  }

  /// The folder of the package `torch` of the `python3` on PATH, which is asked without importing it.
  private static func python() -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = """
      import importlib.util, os
      found = importlib.util.find_spec("torch")
      print(os.path.dirname(found.origin) if found and found.origin else "")
      """
    process.arguments = ["python3", "-c", script]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let folder = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 && !folder.isEmpty ? folder : nil
  }
}
