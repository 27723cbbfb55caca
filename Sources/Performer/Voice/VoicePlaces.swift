// VoicePlaces: where voices lie on this machine, for whoever lists them, and for a session that comes from another machine
// and names a voice by a path that is not there: a voice of the same name is then taken.
import Glibc

/// The folders of voices.
package struct VoicePlaces: Sendable {
  /// In the order in which they are searched.
  package let folders: [String]

  /// - Parameters:
  ///   - own: folders that come first: those of the plugin's bundle, of the program.
  ///   - bundles: folders in which LV2 bundles lie: the plugin is in one of its own, and so is each installed style.
  ///   - environment: the value of a variable.
  package init(
    own: [String], bundles: [String],
    environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
  ) {
    var folders = own
    for place in bundles {
      folders.append(place + "/fotoplayer.lv2/voices")
      folders += Self.names(in: place).filter { $0.hasPrefix("fotoplayer-") && $0.hasSuffix(".preset.lv2") }.sorted()
        .map { place + "/" + $0 }
    }
    let home = environment("HOME").map { $0 + "/.local/share" }
    if let data = environment("XDG_DATA_HOME").flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? home {
      folders.append(data + "/fotoplayer/voices")
    }
    self.folders = folders.enumerated().filter { !folders[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// Where the file at `path` is: there, or under its name in another place; nil when it is nowhere.
  package func find(_ path: String) -> String? {
    if access(path, F_OK) == 0 { return path }
    guard let name = path.split(separator: "/").last else { return nil }
    return folders.lazy.map { $0 + "/" + name }.first { access($0, F_OK) == 0 }
  }

  /// The paths of all voices, by folder and name.
  package var voices: [String] {
    folders.flatMap { folder in
      Self.names(in: folder).filter { $0.hasSuffix(".safetensors") }.sorted().map { folder + "/" + $0 }
    }
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
