// ScoreFolderTests: sets that are played from somebody's own MIDI files: sections of them, transposed, always the same.
import Foundation
import Score
import Scratch
import Testing
import Training

@Suite struct ScoreFolderTests {
  static let font = URL(fileURLWithPath: "/usr/share/sounds/sf2/FluidR3_GM.sf2")
  let scratch = try! Scratch()
  var scores: URL { URL(fileURLWithPath: scratch.path + "/scores") }
  var folder: URL { URL(fileURLWithPath: scratch.path + "/set") }

  /// Two scores: a scale that reaches the lowest key, and one of a key that no piano has beside one that it has.
  init() throws {
    try FileManager.default.createDirectory(
      at: scores.appendingPathComponent("more"), withIntermediateDirectories: true)
    let scale = (0..<48).map { index in
      Note(key: UInt8(21 + index % 12), velocity: 70, start: Double(index) / 4, end: Double(index) / 4 + 0.2)
    }
    try write(Score(notes: scale, pedals: [Pedal(kind: .sustain, value: 127, time: 1)]), to: "scale.mid")
    let high = [60, 120].map { Note(key: $0, velocity: 64, start: 0, end: 3) }
    try write(Score(notes: high), to: "more/high.MIDI")
  }

  func write(_ score: Score, to name: String) throws {
    try Data(score.midi()).write(to: scores.appendingPathComponent(name))
  }

  @discardableResult
  func make(_ folder: URL, _ scores: ScoreFolder?, pieces: Int = 3) throws -> PianoManifest {
    let synthesiser = try FluidSynth(soundFont: Self.font)
    let recipe = PianoManifest.Recipe(
      seed: 1, secondsPerPiece: 5, licence: "MIT", scores: scores?.identity, synthesiser)
    return try PianoSetMaker(folder: folder, synthesiser: synthesiser, recipe: recipe, scores: scores)
      .make(pieces: pieces, jobs: 2) { _ in }
  }

  @Test func `Pieces are sections of the scores, on the piano's keys, silent at the end`() throws {
    let read = try ScoreFolder(scores, transposition: 3)
    #expect(read.identity.files == 2 && abs(read.identity.seconds - 14.95) < 1e-3)
    let manifest = try make(folder, read)
    #expect(manifest.summary.contains("100 % from 2 scores"))
    let set = try PianoSet(folder)
    #expect(set.pieces.count == 3)
    for piece in set.pieces {
      let struck = piece.events.filter { $0.kind == .noteOn }
      #expect(!struck.isEmpty)
      // Down there is no room; up three semitones.
      #expect(struck.allSatisfy { 21...35 ~= $0.key || 57...63 ~= $0.key })
      // Half a second before the end, on the grid of the synthesiser.
      #expect(piece.events.allSatisfy { $0.sample <= 108_000 + 64 })
      #expect(try piece.audio(from: 0, count: piece.samples).contains { abs($0) > 0.01 })
    }
  }

  @Test func `The same scores make the same set, and it goes on where it was`() throws {
    let read = try ScoreFolder(scores)
    let other = URL(fileURLWithPath: scratch.path + "/other")
    try make(folder, read)
    try make(other, read, pieces: 1)
    try make(other, read)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let isSame = FileManager.default.contentsEqual(
        atPath: folder.appendingPathComponent(name).path, andPath: other.appendingPathComponent(name).path)
      #expect(isSame, "\(name)")
    }
    // Other scores are another set.
    try write(Score(notes: [Note(key: 50, velocity: 1, start: 0, end: 1)]), to: "scale.mid")
    let error = #expect(throws: DataError.self) { try make(folder, ScoreFolder(scores)) }
    #expect(error?.description.contains("another set") == true)
  }

  @Test func `A share of none is what is composed without scores`() throws {
    let other = URL(fileURLWithPath: scratch.path + "/other")
    try make(folder, ScoreFolder(scores, share: 0), pieces: 1)
    try make(other, nil, pieces: 1)
    let sets = try [folder, other].map { try PianoSet($0).pieces[0] }
    let sounds = try sets.map { try $0.audio(from: 0, count: $0.samples) }
    #expect(sets[0].events == sets[1].events && sounds[0] == sounds[1])
  }

  @Test func `What is amiss is said with its path`() throws {
    let none = #expect(throws: DataError.self) { try ScoreFolder(URL(fileURLWithPath: "/nowhere/scores")) }
    #expect(none?.description == "/nowhere/scores: expected a folder with MIDI files, found none")
    try Data("RIFF".utf8).write(to: scores.appendingPathComponent("more/broken.mid"))
    let broken = #expect(throws: DataError.self) { try ScoreFolder(scores) }
    #expect(broken?.description.contains("more/broken.mid: byte 0: expected the header MThd") == true)
    try write(Score(), to: "more/broken.mid")
    let empty = #expect(throws: DataError.self) { try ScoreFolder(scores) }
    #expect(empty?.description.contains("more/broken.mid: expected notes of a piano") == true)
  }

  @Test func `A piece's score that was changed is an error`() throws {
    try make(folder, ScoreFolder(scores), pieces: 1)
    try Data(Score().midi()).write(to: folder.appendingPathComponent("piece-00001.mid"))
    let error = #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(error?.description.contains("piece-00001.mid: expected a score of ") == true)
  }
}
