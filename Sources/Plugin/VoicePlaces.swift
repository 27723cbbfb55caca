// VoicePlaces: a session that comes from another machine names a voice by a path that is not there.
// A voice of the same name is then looked for where voices are kept; the session keeps the path that it had.
import Glibc

/// The folders of voices on this machine.
struct VoicePlaces: Sendable {
  /// In the order in which they are searched.
  let folders: [String]

  /// - Parameter bundle: the plugin's.
  init(bundle: String) {
    let parts = bundle.split(separator: "/", omittingEmptySubsequences: true)
    let bundle = "/" + parts.joined(separator: "/")
    var folders = [bundle + "/voices"]
    let home = Self.environment("HOME")
    // Installed styles lie in bundles of their own, beside the plugin's or where this user's bundles are.
    let paths = (Self.environment("LV2_PATH") ?? "").split(separator: ":").map(String.init)
    for place in ["/" + parts.dropLast().joined(separator: "/")] + paths + (home.map { [$0 + "/.lv2"] } ?? []) {
      folders += Self.names(in: place).filter { $0.hasPrefix("fotoplayer-") && $0.hasSuffix(".preset.lv2") }.sorted()
        .map { place + "/" + $0 }
    }
    if let data = Self.environment("XDG_DATA_HOME") ?? home.map({ $0 + "/.local/share" }) {
      folders.append(data + "/fotoplayer/voices")
    }
    self.folders = folders
  }

  /// Where the file at `path` is: there, or under its name in another place; nil when it is nowhere.
  func find(_ path: String) -> String? {
    if access(path, F_OK) == 0 { return path }
    guard let name = path.split(separator: "/").last else { return nil }
    return folders.lazy.map { $0 + "/" + name }.first { access($0, F_OK) == 0 }
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    // An entry ends where its name does: it must not be copied as a whole.
    guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    while let entry = readdir(stream) {
      names.append(String(cString: (UnsafeRawPointer(entry) + place).assumingMemoryBound(to: CChar.self)))
    }
    return names
  }
}
