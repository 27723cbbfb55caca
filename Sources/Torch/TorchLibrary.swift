// TorchLibrary: a libtorch that was found and loaded, and those of its functions that are used here.
import CTorch
import Foundation

/// PyTorch's library, in this process for as long as it lasts.
public final class TorchLibrary: Sendable {
  /// 2.13.0, say; with what the package adds (`+cpu`, `+cu130`), where it says so.
  public let version: String
  /// The file.
  public let path: String
  /// Who named the place.
  public let reason: String
  /// What was wrong with more complete libraries that were tried first; empty mostly.
  public let remarks: [String]
  let functions: TorchFunctions

  /// Finds and loads a libtorch.
  ///
  /// - Parameters:
  ///   - path: a library or a folder that holds it; by default `FOTOPLAYER_TORCH`, the loader's path, then the packages
  ///     of the `python3` on PATH.
  ///   - threads: of PyTorch's own, on the processor. Counts for the first library of the process.
  /// - Throws: `TorchError` that says where it was looked for, what was found, and how to get one.
  public init(path given: String? = nil, threads: Int? = nil) throws {
    if let threads { setenv("OMP_NUM_THREADS", String(threads), 0) }
    var faults: [String] = []
    for place in TorchSearch.places(given) {
      guard let handle = dlopen(place.path, RTLD_NOW | RTLD_LOCAL) else {
        faults.append("\(place.path) (\(place.reason)): \(dlerror().map { String(cString: $0) } ?? "cannot be loaded")")
        continue
      }
      do {
        functions = try TorchFunctions(handle)
        path = functions.path ?? place.path
        reason = place.reason
        version = TorchLibrary.version(functions.version(), beside: path)
        remarks = faults.filter { !$0.hasPrefix("libtorch.so ") }
        return
      } catch { faults.append("\(place.path) (\(place.reason)): \(error)") }
    }
    throw TorchError(
      "no libtorch was found; `pip install torch` (2.11 or later) makes one that is found, and --torch or "
        + "FOTOPLAYER_TORCH names another. Tried:\n  " + faults.joined(separator: "\n  "))
  }

  /// The package's own word, in version.py beside the library's folder, if it is about this version.
  private static func version(_ number: UInt64, beside path: String) -> String {
    let short = "\(number >> 56).\(number >> 48 & 255).\(number >> 40 & 255)"
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().path
    guard let text = try? String(contentsOfFile: folder + "/version.py", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("__version__") })
    else { return short }
    let found = line.split(separator: "'").dropFirst().first.map(String.init) ?? short
    return found.hasPrefix(short) ? found : short
  }
}
