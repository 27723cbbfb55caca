// Folders: where this program keeps what is somebody's own, after the XDG Base Directory Specification.
import Foundation

enum Folders {
  /// What is the user's: presets, voices.
  static func data(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    folder("XDG_DATA_HOME", ".local/share", environment)
  }

  /// What a program remembers.
  static func state(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    folder("XDG_STATE_HOME", ".local/state", environment)
  }

  /// A variable counts only if it holds an absolute path.
  private static func folder(_ variable: String, _ usual: String, _ environment: [String: String]) -> String {
    if let folder = environment[variable], folder.hasPrefix("/") { return folder + "/fotoplayer" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/" + usual + "/fotoplayer"
  }
}
