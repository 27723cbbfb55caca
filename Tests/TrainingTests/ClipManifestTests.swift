// ClipManifestTests: manifests read back as they were written, say in which line what is wrong, and split by keys.
import Foundation
import Scratch
import Testing
import Training

@Suite struct ClipManifestTests {
  let scratch = try! Scratch()

  func manifest(_ text: String) throws -> ClipManifest {
    let path = scratch.path + "/clips.jsonl"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try ClipManifest(path)
  }

  @Test func `What is written is read back, from the file or its folder`() throws {
    var both = Clip(id: "a", audio: "a/audio.wav", key: "pack")
    (both.video, both.captions, both.category) = ("a/video.mp4", ["A “ball” bounces", "ünïcode\n\"quoted\""], "ball")
    (both.start, both.seconds, both.split) = (1.25, 4, "train")
    (both.licence, both.source) = ("CC0", "mine")
    both.events = [ClipEvent(time: 0.5, strength: 1), ClipEvent(time: 3.9999583333333333, strength: 0.25)]
    var words = Clip(id: "b", audio: "/elsewhere/b.wav", key: "b")
    words.captions = ["rain"]
    var film = Clip(id: "c", audio: "c.mp4", key: "c")
    film.video = "c.mp4"
    let written = ClipManifest(folder: URL(fileURLWithPath: scratch.path), clips: [both, words, film])
    try written.write(to: scratch.path + "/clips.jsonl")
    let read = try ClipManifest(scratch.path)
    #expect(read.clips == [both, words, film])
    #expect(read.clips.map(\.kind) == [.textVideoAudio, .textAudio, .videoAudio])
    #expect(read.audio(both) == scratch.path + "/a/audio.wav" && read.audio(words) == "/elsewhere/b.wav")
    #expect(read.video(words) == nil && read.missing.count == 3)
    #expect(read.summary("x") == "x: 3 clips, 0.1 minutes: 1 text/audio, 1 video/audio, 1 text/video/audio")
  }

  @Test func `Empty lines and comments are passed over; a key is the id where none is named`() throws {
    let read = try manifest(
      "\n# mine\r\n  {\"id\":\"a\",\"audio\":\"a.wav\",\"captions\":[\"x\"],\"video\":null}\r\n\n")
    #expect(read.clips.count == 1 && read.clips[0].key == "a" && read.clips[0].video == nil)
  }

  static let good = "{\"id\":\"a\",\"audio\":\"a.wav\",\"captions\":[\"x\"]}\n"

  @Test(arguments: [
    ("{\"id\":\"b\",\"audio\":\"a.wav\"}", ":2: expected \"captions\" or \"video\", or both, found neither"),
    ("{\"id\":\"b\",\"captions\":[\"x\"]}", ":2: expected \"audio\", the path of its sound, found none"),
    ("{\"audio\":\"b\",\"captions\":[\"x\"]}", ":2: expected \"id\", found none"),
    (
      "{\"id\":\"a\",\"audio\":\"b\",\"captions\":[\"x\"]}",
      ":2: expected an \"id\" of its own, found \"a\", as in line 1"
    ),
    ("{\"id\":\"b\",\"audio\":\"b\",\"captoins\":[\"x\"]}", "found \"captoins\""),
    ("{\"id\":\"b\",\"audio\":\"b\",\"captions\":\"x\"}", ":2: expected \"captions\" to be a list […], found \"x\""),
    ("{\"id\":\"b\",\"audio\":\"b\",\"captions\":[\" \"]}", ":2: expected captions to be words, found \" \""),
    (
      "{\"id\":\"b\",\"audio\":\"b\",\"captions\":[\"x\"],\"start\":-1}",
      ":2: expected \"start\" to be a number from 0.0 on, found -1"
    ),
    (
      "{\"id\":\"b\",\"audio\":\"b\",\"captions\":[\"x\"],\"seconds\":\"4\"}", ":2: expected \"seconds\" to be a number"
    ),
    (
      "{\"id\":\"b\",\"audio\":\"b\",\"captions\":[\"x\"],\"seconds\":2,\"events\":[{\"time\":3}]}",
      ":2: expected events within the clip's 2.0 s, found one at 3.0 s"
    ),
    ("{\"id\":\"b\",\"audio\":\"b\",\"captions\":[\"x\"],\"events\":[3]}", ":2: expected events {"),
    ("[1]", ":2: expected an object {…}, found [1]"), ("{\"id\":", ":2: expected a clip as JSON, found"),
    ("{\"id\":7,\"audio\":\"b\",\"captions\":[\"x\"]}", ":2: expected \"id\" to be words, found 7"),
  ]) func `A line that is no clip is named`(line: String, words: String) {
    let refusal = #expect(throws: DataError.self) { _ = try manifest(Self.good + line) }
    #expect(refusal?.description.contains(scratch.path + "/clips.jsonl") == true)
    #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "")")
  }

  @Test func `What is no manifest is said, and who makes one`() {
    let none = #expect(throws: DataError.self) { _ = try ClipManifest(scratch.path) }
    #expect(none?.description.contains("`fotoplayer-train data foley` makes a set") == true)
    let empty = #expect(throws: DataError.self) { _ = try manifest("# nothing\n") }
    #expect(empty?.description.contains("expected a clip a line, found none") == true)
  }

  @Test func `Splits keep whole keys, and a growing list keeps what it kept`() {
    func clips(_ keys: Range<Int>) -> [Clip] {
      keys.flatMap { key in (0..<3).map { Clip(id: "\(key)-\($0)", audio: "x.wav", key: "film \(key)") } }
    }
    let small = ClipManifest(folder: URL(fileURLWithPath: "/"), clips: clips(0..<200))
    let large = ClipManifest(folder: URL(fileURLWithPath: "/"), clips: clips(0..<400))
    let (learned, kept) = small.holdingOut(share: 0.1)
    #expect(Set(learned.clips.map(\.key)).isDisjoint(with: kept.clips.map(\.key)))
    #expect(learned.clips.count + kept.clips.count == 600 && 30...90 ~= kept.clips.count && kept.clips.count % 3 == 0)
    #expect(Set(kept.clips.map(\.id)).isSubset(of: large.holdingOut(share: 0.1).kept.clips.map(\.id)))
    let named = small.holdingOut(["film 3", "film 5"])
    #expect(named.kept.clips.count == 6 && named.learned.clips.count == 594)
    #expect(small.holdingOut(share: 0).kept.clips.isEmpty && small.holdingOut(share: 1).learned.clips.isEmpty)
  }

  @Test func `Licences are counted for a card`() {
    var clips = (0..<3).map { Clip(id: "\($0)", audio: "x.wav", key: "k") }
    for index in 0..<2 { (clips[index].licence, clips[index].source) = ("CC0", "mine") }
    let licences = ClipManifest(folder: URL(fileURLWithPath: "/"), clips: clips).licences
    #expect(licences.map(\.line) == ["mine: CC0 (2 clips)", "not named: not stated (1 clip)"])
  }
}
