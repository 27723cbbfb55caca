// KeyboardCommandTests: `fotoplayer keyboard` says where the keys lie, draws them, and says what is wrong.
import Foundation
import Keyboards
import SmallFilms
import Testing

@Suite struct KeyboardCommandTests {
  let place = try! Workplace()

  @Test func `What it finds is what --keyboard takes, and can be drawn`() throws {
    let drawn = try #require(DrawnClip(place.path + "/clip.mp4", seconds: 0.6, width: 640, height: 360).place)
    let outcome = try place.run("fotoplayer", ["keyboard", "clip.mp4", "--picture", "found.png"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("keyboard:") })
    let text = line.dropFirst(9).trimmingCharacters(in: .whitespaces)
    let found = try KeyboardPlace(text)
    #expect(found.keys == 21...108 && outcome.output.contains("88, A0 to C8"))
    for (a, b) in zip(found.corners, drawn.corners) { #expect(abs(a.x - b.x) < 5 && abs(a.y - b.y) < 5) }
    #expect(try place.bytes("found.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))

    let said = try place.run("fotoplayer", ["keyboard", "clip.mp4", "--keyboard", text, "--json"])
    let json = try #require(JSONSerialization.jsonObject(with: Data(said.output.utf8)) as? [String: Any])
    #expect(json["keyboard"] as? String == text && json["keys"] as? [Int] == [21, 108] && json["confidence"] == nil)
    #expect(json["width"] as? Int == 640 && (json["corners"] as? [[Double]])?.count == 4)
  }

  func expectFailure(_ arguments: [String], _ status: Int32 = 1, says words: String...) throws {
    let before = place.files
    let outcome = try place.run("fotoplayer", ["keyboard"] + arguments)
    #expect(outcome.status == status && outcome.output.isEmpty, "\(arguments) \(outcome.output)")
    for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
    #expect(place.files == before)
  }

  @Test func `No keyboard, no film, and a telephone held upright`() throws {
    try place.filmsOfNothing()
    try expectFailure(
      ["wall.mp4", "--picture", "a.png"], says: "wall.mp4: expected the keys of a piano", "--keyboard \"x,y")
    try expectFailure(["sound.wav"], says: "sound.wav: expected a film, found sound only")
    for name in ["text.mp4", "empty.mp4", "none.mp4"] {
      try expectFailure([name], says: "\(name): expected a film, found ")
    }
    try expectFailure(["wall.mp4", "--keyboard", "1,2 3,4"], 64, says: "--keyboard 1,2 3,4: expected four corners")
    try expectFailure(
      ["wall.mp4", "--keyboard", "10,80 160,80 160,20 10,20", "--picture", "none/a.png"],
      says: "none/a.png: expected to write a picture there, found ")
  }
}
