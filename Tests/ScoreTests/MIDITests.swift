// MIDI files: read as an independent library reads them, written and read again, and refused politely when broken.
import Foundation
import Score
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

private struct Expected: Decodable {
  let notes: [[Double]], pedals: [[Double]]
}

private func bytes(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: fixtures.appendingPathComponent(name)))
}

/// A generator for mutations: the same at every run.
private struct Dice {
  var state: UInt64
  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % sides
  }
}

struct MIDITests {
  static let names = ["plain.mid", "format1.mid", "tempi.mid", "oddities.mid", "pedals.mid", "fine.mid"]

  @Test(arguments: names) func readsWhatAnotherLibraryReads(_ name: String) throws {
    let json = try Data(contentsOf: fixtures.appendingPathComponent("expected.json"))
    let expected = try #require(try JSONDecoder().decode([String: Expected].self, from: json)[name])
    let score = try Score(midi: bytes(name))
    #expect(score.notes.count == expected.notes.count)
    for (note, other) in zip(score.notes, expected.notes) {
      #expect(Int(note.key) == Int(other[0]) && Int(note.velocity) == Int(other[1]))
      #expect(abs(note.start - other[2]) < 1e-6 && abs(note.end - other[3]) < 1e-6)
    }
    #expect(score.pedals.count == expected.pedals.count)
    for (pedal, other) in zip(score.pedals, expected.pedals) {
      #expect(Double(pedal.kind.rawValue) == other[0] && Double(pedal.value) == other[1])
      #expect(abs(pedal.time - other[2]) < 1e-6)
    }
  }

  @Test(arguments: names) func writesWhatItReads(_ name: String) throws {
    let score = try Score(midi: bytes(name)).quantised(to: 1 / 1920.0)
    #expect(try Score(midi: score.midi(ticksPerQuarter: 960, beatsPerMinute: 120)).events() == score.events())
  }

  @Test func smpteTime() throws {
    // 25 frames of 40 ticks: a tick is a millisecond.
    let track: [UInt8] = [0, 0x90, 60, 64, 100, 0x80, 60, 0, 0, 0xFF, 0x2F, 0]
    let file: [UInt8] =
      Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1, 0xE7, 40] + Array("MTrk".utf8) + [0, 0, 0, UInt8(track.count)]
      + track
    #expect(try Score(midi: file).notes == [Note(key: 60, velocity: 64, start: 0, end: 0.1)])
  }

  @Test func runningStatusAndAVelocityOfZero() throws {
    let track: [UInt8] = [0, 0x90, 60, 64, 48, 62, 70, 48, 60, 0, 48, 62, 0, 0, 0xFF, 0x2F, 0]
    let file: [UInt8] =
      Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1, 0, 96] + Array("MTrk".utf8) + [0, 0, 0, UInt8(track.count)] + track
    let notes = try Score(midi: file).notes
    #expect(
      notes == [Note(key: 60, velocity: 64, start: 0, end: 0.5), Note(key: 62, velocity: 70, start: 0.25, end: 0.75)])
  }

  @Test func aNoteThatIsNeverReleasedEndsWithTheFile() throws {
    let track: [UInt8] = [0, 0x90, 60, 64, 96, 0xFF, 0x2F, 0]
    let file: [UInt8] =
      Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1, 0, 96] + Array("MTrk".utf8) + [0, 0, 0, UInt8(track.count)] + track
    #expect(try Score(midi: file).notes == [Note(key: 60, velocity: 64, start: 0, end: 0.5)])
  }

  @Test(arguments: names) func aFileCutAnywhereIsAnError(_ name: String) throws {
    let whole = try bytes(name)
    for length in 0..<whole.count {
      #expect(throws: MIDIError.self, "cut to \(length) bytes") { try Score(midi: Array(whole[..<length])) }
    }
  }

  @Test func brokenFilesAreErrorsOrScoresButNeverTraps() throws {
    var dice = Dice(state: 7)
    var scores = 0
    let files = try Self.names.map { try bytes($0) }
    for round in 0..<6000 {
      var file = files[round % files.count]
      for _ in 0...dice.roll(4) {
        switch dice.roll(4) {
        case 0: file[dice.roll(file.count)] = UInt8(dice.roll(256))
        case 1: file[dice.roll(min(60, file.count))] = UInt8([0, 0x7F, 0x80, 0xFF][dice.roll(4)])
        case 2: file.remove(at: dice.roll(file.count))
        default: file.insert(UInt8(dice.roll(256)), at: dice.roll(file.count))
        }
      }
      guard let score = try? Score(midi: file) else { continue }
      scores += 1
      #expect(score.notes.allSatisfy { $0.end >= $0.start && $0.start >= 0 && $0.end.isFinite })
    }
    #expect(scores > 100)
  }

  @Test func theErrorSaysWhereAndWhat() {
    #expect(throws: MIDIError(offset: 0, expected: "the header MThd", found: "RIFF")) {
      try Score(midi: Array("RIFF".utf8) + [0, 0, 0, 0])
    }
    #expect(throws: MIDIError.self) { try Score(midi: []) }
  }
}
