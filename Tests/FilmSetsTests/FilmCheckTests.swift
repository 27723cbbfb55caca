// FilmCheckTests: of a clip of one's own the check says what lacks and what does not fit, and nothing of a good one.
import Film
import FilmSets
import Foundation
import Media
import Pictures
import Scenery
import Score
import Scratch
import Testing
import Training

@Suite struct FilmCheckTests {
  let scratch = try! Scratch()
  var place: URL { URL(fileURLWithPath: scratch.path + "/take") }

  /// A whole clip of grey films.
  init() throws {
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for view in FilmView.allCases { try film(view.rawValue, seconds: 2) }
    for name in ["coarse", "precise", "fine"] { try score(name, notes(10)) }
    try sound(seconds: 2)
    try text(#"{"style": "upright", "licence": "CC BY 4.0"}"#, "clip.json")
  }

  func film(_ name: String, seconds: Double, rate: Int = 25, width: Int = 320) throws {
    let film = try FilmWriter(
      place.appendingPathComponent(name + ".mp4").path, width: width, height: 64, frameRate: FrameRate(rate))
    for frame in 0..<Int(seconds * Double(rate)) {
      try film.write(Picture(width: width, height: 64, colours: .grey, shade: UInt8(frame % 200)))
    }
    try film.close()
  }

  func notes(_ count: Int) -> Score {
    let notes = (0..<count).map { index -> Note in
      let start = 0.1 * Double(index)
      return Note(key: UInt8(60 + index), velocity: UInt8(40 + index), start: start, end: start + 0.08)
    }
    return Score(notes: notes, pedals: [Pedal(kind: .sustain, value: 127, time: 0.2)])
  }

  func score(_ name: String, _ score: Score) throws {
    try Data(score.midi()).write(to: place.appendingPathComponent(name + ".mid"))
  }

  func sound(seconds: Double, level: Float = 0.1) throws {
    try AudioFileWriter.write(
      [Float](repeating: level, count: Int(8000 * seconds)), to: place.appendingPathComponent("audio.wav").path,
      sampleRate: 8000)
  }

  func text(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: place.appendingPathComponent(name)) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(at: place.appendingPathComponent(name)) }

  /// The one finding, and that it is about the file.
  func finding(_ file: String) throws -> Finding {
    let findings = try check().findings
    #expect(findings.count == 1, "\(findings.map(\.text))")
    let found = try #require(findings.first)
    #expect(found.file == "take/" + file)
    return found
  }

  func check() throws -> FilmCheck { FilmCheck(try #require(try FilmSet(place).clips.first)) }

  @Test func `Heights of fingers fit the films, or it is said`() throws {
    func found() throws -> String {
      FilmCheck(try #require(FilmSet(place).clips.first)).findings.map(\.text).joined()
    }
    let before = try found()
    try FingerHeights.write([Float](repeating: .nan, count: 50 * 88), in: place)
    #expect(try found().contains("heights.f32: how many pictures a second"))
    try text(#"{"style": "upright", "licence": "CC BY 4.0", "framesPerSecond": 25}"#, "clip.json")
    #expect(try found() == before)
    try FingerHeights.write([Float](repeating: .nan, count: 30 * 88), in: place)
    #expect(try found().contains("1.20 s, where the longest film has 2.00 s"))
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: FingerHeights.path(in: place)))
    #expect(try found().contains("expected whole pictures of 88 numbers, found 3 bytes"))
  }

  @Test func `A whole clip has no findings, alone or in a folder`() throws {
    let check = try check()
    #expect(check.findings.isEmpty, "\(check.findings.map(\.text))")
    #expect(check.line == "take: 2.0 s, 10 notes, top, left, right, front, pedal")
    #expect(try FilmSet(URL(fileURLWithPath: scratch.path)).clips.map(\.name) == ["take"])
  }

  @Test func `What is missing is said: without the view from above or without a score it is a fault`() throws {
    try remove("front.mp4")
    #expect(try finding("front.mp4").weight == .warning)
    try film("front", seconds: 2)
    try remove("top.mp4")
    #expect(try finding("top.mp4").weight == .fault)
    try film("top", seconds: 2)
    try remove("fine.mid")
    #expect(try finding("fine.mid").weight == .warning)
    for name in ["coarse.mid", "precise.mid"] { try remove(name) }
    #expect(try check().findings.contains { $0.weight == .fault && $0.found == "no score at all" })
    for name in ["coarse", "precise", "fine"] { try score(name, notes(10)) }
    try remove("audio.wav")
    #expect(try finding("audio.wav").weight == .warning)
  }

  @Test func `Lengths that differ are said, and much of it is a fault`() throws {
    try film("left", seconds: 1.8)
    #expect(try finding("left.mp4").weight == .warning)
    try film("left", seconds: 1)
    #expect(try finding("left.mp4").weight == .fault)
    try film("left", seconds: 2)
    try sound(seconds: 3)
    let found = try finding("audio.wav")
    #expect(found.weight == .fault && found.found.contains("3.00 s, where the longest film has 2.00 s"))
  }

  @Test func `Frame rates that differ or are low are said`() throws {
    try film("right", seconds: 2, rate: 30)
    #expect(try finding("right.mp4").found.contains("30 pictures a second, where top.mp4 has 25"))
    try film("right", seconds: 2, rate: 10)
    #expect(try check().findings.map(\.found).contains("10 pictures a second"))
    try film("right", seconds: 2)
    try film("pedal", seconds: 2, width: 160)
    #expect(try finding("pedal.mp4").found == "160 × 64 points")
  }

  @Test func `Scores outside the film, of one velocity, without pedals, of other instruments`() throws {
    var late = notes(10)
    late.notes[9].start = 7
    late.notes[9].end = 8
    try score("fine", late)
    let outside = try finding("fine.mid")
    #expect(outside.weight == .fault && outside.found.contains("1 of 10 notes begin after the film's end"))
    late.notes[9].start = 0.9
    late.notes[9].end = 9
    try score("fine", late)
    #expect(try finding("fine.mid").found == "it ends at 9.00 s, the film at 2.00 s")
    try score("fine", Score(notes: notes(10).notes))
    #expect(try finding("fine.mid").found == "no pedal moves")
    try score("fine", notes(10))
    var flat = notes(10)
    for index in flat.notes.indices { flat.notes[index].velocity = 64 }
    try score("precise", flat)
    #expect(try finding("precise.mid").found == "all notes have one velocity")
    var strange = notes(10)
    strange.notes[0].key = 5
    try score("precise", strange)
    #expect(try finding("precise.mid").found == "1 notes on keys that a piano lacks")
    try score("precise", Score())
    #expect(try finding("precise.mid").found == "it has no notes")
  }

  @Test func `Broken files are faults, silence and missing words are warnings`() throws {
    try text("no film", "left.mp4")
    #expect(try finding("left.mp4").weight == .fault)
    try film("left", seconds: 2)
    try text("no score", "coarse.mid")
    #expect(try finding("coarse.mid").weight == .fault)
    try score("coarse", notes(10))
    try text("{", "clip.json")
    #expect(try finding("clip.json").weight == .fault)
    try text(#"{"style": "upright"}"#, "clip.json")
    #expect(try finding("clip.json").found == "no licence")
    try text(#"{"style": "upright", "licence": "MIT"}"#, "clip.json")
    try sound(seconds: 2, level: 0)
    #expect(try finding("audio.wav").found == "silent, where the score has 10 notes")
    try text("no sound", "audio.wav")
    #expect(try finding("audio.wav").weight == .fault)
  }

  @Test func `A folder without clips is an error that says where to read on`() throws {
    let empty = URL(fileURLWithPath: scratch.path + "/empty")
    let error = #expect(throws: DataError.self) { try FilmSet(empty) }
    #expect(error?.description.contains("docs/films.md") == true)
  }
}
