// PianoSetTests: sets are the same bytes however they are made, sounds begin with their events, and what is amiss is said.
import Foundation
import Score
import Scratch
import Testing
import Training

@Suite(.serialized) struct PianoSetTests {
  static let font = URL(fileURLWithPath: "/usr/share/sounds/sf2/FluidR3_GM.sf2")
  let scratch = try! Scratch()
  let synthesiser = try! FluidSynth(soundFont: font)

  var folder: URL { URL(fileURLWithPath: scratch.path + "/set") }

  func recipe(seed: UInt64 = 1) -> PianoManifest.Recipe {
    PianoManifest.Recipe(seed: seed, secondsPerPiece: 5, licence: "MIT", synthesiser)
  }

  @discardableResult
  func make(_ folder: URL, pieces: Int, jobs: Int = 1, seed: UInt64 = 1) throws -> PianoManifest {
    try PianoSetMaker(folder: folder, synthesiser: synthesiser, recipe: recipe(seed: seed))
      .make(pieces: pieces, jobs: jobs) { _ in }
  }

  func bytes(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  @Test func `A set is the same bytes, whatever was there and however many pieces are played at once`() throws {
    try make(folder, pieces: 3, jobs: 3)
    let whole = try bytes(folder)
    #expect(
      Set(whole.keys)
        == Set(["manifest.json"] + ["00001", "00002", "00003"].flatMap { ["piece-\($0).mid", "piece-\($0).s16"] }))
    let other = URL(fileURLWithPath: scratch.path + "/other")
    try make(other, pieces: 1)
    try FileManager.default.removeItem(at: other.appendingPathComponent("piece-00001.s16"))
    try make(other, pieces: 3)
    let isSame = try bytes(other) == whole
    #expect(isSame)
  }

  @Test func `Sounds begin with their events`() throws {
    try make(folder, pieces: 1)
    let piece = try PianoSet(folder).pieces[0]
    let first = try #require(piece.events.first { $0.kind == .noteOn })
    #expect(piece.samples == 5 * 24000 && first.sample > 0 && first.sample % 64 == 0)
    let sound = try piece.audio(from: 0, count: piece.samples)
    let onset = try #require(sound.firstIndex { $0 != 0 })
    #expect((0..<16).contains(onset - Int(first.sample)))
    // Beyond its ends a piece is silent.
    let edge = try piece.audio(from: -10, count: piece.samples + 20)
    #expect(edge.count == piece.samples + 20)
    #expect(edge.prefix(10).allSatisfy { $0 == 0 } && edge.suffix(10).allSatisfy { $0 == 0 })
    let isSame = Array(edge.dropFirst(10).dropLast(10)) == sound
    #expect(isSame)
    #expect(try piece.audio(from: piece.samples + 5, count: 3) == [0, 0, 0])
  }

  @Test func `Scores are decoded once, and again when they change or what was kept is damaged`() throws {
    try make(folder, pieces: 2)
    let file = folder.appendingPathComponent("events.bin")
    func events() throws -> [[PerformanceEvent]] { try PianoSet(folder).pieces.map(\.events) }
    let decoded = try events()
    #expect(decoded.count == 2 && !decoded[0].isEmpty)
    let kept = try Data(contentsOf: file)
    #expect(try events() == decoded)
    #expect(try Data(contentsOf: file) == kept)
    for length in [0, 7, 16, 20, kept.count - 1] {
      try kept.prefix(length).write(to: file)
      #expect(try events() == decoded, "\(length) bytes")
      #expect(try Data(contentsOf: file) == kept)
    }
    // Anything may stand there: it is decoded again, or its events are what it says.
    var random = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      var damaged = kept
      damaged[Int.random(in: 8..<48, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      try damaged.write(to: file)
      #expect(try events().count == 2)
    }
    // A piece more is another set.
    try make(folder, pieces: 3)
    #expect(try events().prefix(2) == decoded[...] && events().count == 3)
    // What is kept is worth nothing without the scores.
    try FileManager.default.removeItem(at: folder.appendingPathComponent("piece-00002.mid"))
    #expect(throws: DataError.self) { try PianoSet(folder) }
  }

  @Test func `What is amiss is said with its path`() throws {
    #expect(throws: DataError.self) { try FluidSynth(soundFont: URL(fileURLWithPath: scratch.path + "/none.sf2")) }
    let nothing = #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(nothing?.description.contains("no piano set") == true)
    try make(folder, pieces: 1)
    let other = #expect(throws: DataError.self) { try make(folder, pieces: 1, seed: 2) }
    #expect(other?.description.contains("another set") == true)
    let midi = folder.appendingPathComponent("piece-00001.mid")
    let score = try Data(contentsOf: midi)
    try (score.dropLast(3) + [0, 0, 0]).write(to: midi)
    let changed = #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(changed?.description.contains("piece-00001.mid") == true)
    try score.write(to: midi)
    let sound = folder.appendingPathComponent("piece-00001.s16")
    try Data(contentsOf: sound).dropLast(2).write(to: sound)
    let short = #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(short?.description.contains("expected 120000 samples") == true)
    try Data("{".utf8).write(to: folder.appendingPathComponent("manifest.json"))
    #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(throws: DataError.self) { try make(folder, pieces: 1) }
  }

  @Test func `A font that is none is an error, not silence`() throws {
    let fake = URL(fileURLWithPath: scratch.path + "/fake.sf2")
    try Data(repeating: 7, count: 1000).write(to: fake)
    #expect(throws: DataError.self) { try FluidSynth(soundFont: fake) }
  }
}
