// VoicePlacesTests: where voices are looked for, in which order, and what is found there.
import Foundation
import Performer
import Testing

struct VoicePlacesTests {
  /// A folder with these files in it, empty all of them.
  private func folder(_ files: [String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("places-\(UUID().uuidString)").path
    for file in files {
      let path = folder + "/" + file
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
    }
    return folder
  }

  @Test func ownFoldersComeFirstThenBundlesThenTheUsers() throws {
    let root = try folder([
      "own/b.safetensors", "own/a.safetensors", "own/notes.txt", "lv2/fotoplayer.lv2/voices/a.safetensors",
      "lv2/fotoplayer-mine.preset.lv2/mine.safetensors", "lv2/other.lv2/x.safetensors",
      "data/fotoplayer/voices/user.safetensors",
    ])
    defer { try? FileManager.default.removeItem(atPath: root) }
    let places = VoicePlaces(own: [root + "/own"], bundles: [root + "/lv2", root + "/nowhere", root + "/lv2"]) {
      ["XDG_DATA_HOME": root + "/data"][$0]
    }
    #expect(
      places.voices
        == [
          "own/a.safetensors", "own/b.safetensors", "lv2/fotoplayer.lv2/voices/a.safetensors",
          "lv2/fotoplayer-mine.preset.lv2/mine.safetensors", "data/fotoplayer/voices/user.safetensors",
        ].map { root + "/" + $0 })
    #expect(places.find("/elsewhere/a.safetensors") == root + "/own/a.safetensors")
    #expect(places.find("/elsewhere/mine.safetensors") == root + "/lv2/fotoplayer-mine.preset.lv2/mine.safetensors")
    #expect(places.find(root + "/lv2/other.lv2/x.safetensors") == root + "/lv2/other.lv2/x.safetensors")
    #expect(places.find("/elsewhere/x.safetensors") == nil && places.find("") == nil)
  }

  @Test func aRelativeDataFolderDoesNotCount() {
    func last(_ environment: [String: String]) -> String? {
      VoicePlaces(own: [], bundles: []) { environment[$0] }.folders.last
    }
    #expect(last(["XDG_DATA_HOME": "here", "HOME": "/home/me"]) == "/home/me/.local/share/fotoplayer/voices")
    #expect(last(["XDG_DATA_HOME": "/data", "HOME": "/home/me"]) == "/data/fotoplayer/voices")
    #expect(last([:]) == nil)
  }
}
