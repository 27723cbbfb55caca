// ScoreTests: the plugin performs a MIDI file along with the transport, each event as if it had been played live at its
// frame, sample by sample; and where the transport starts or jumps, it sounds as it should there.
import Foundation
import Hosting
import Score
import Testing

struct ScoreTests {
  /// Long sounds are compared apart from what a failed test would print.
  private func isSame(_ sound: [Float], _ other: [Float]) -> Bool { sound == other }

  private let piece = Score.random(seed: 7, notes: 60, seconds: 3)

  /// An instrument that makes everything audible, with the score on its lectern.
  private func host(_ score: Score, bufferSize: Int = 1024, rate: Int = 48_000, offering: [String] = []) throws
    -> LV2Host
  {
    let bundle = try TestBundle.audible()
    let host = try bundle.host(sampleRate: rate, bufferSize: bufferSize, offering: offering)
    host.set(scoreURI, toPath: try bundle.write(score))
    host["freewheel"] = 1
    host.run(0)
    return host
  }

  private func live(rate: Int = 48_000) throws -> LV2Host {
    try TestBundle.audible().host(sampleRate: rate, bufferSize: 1024)
  }

  @Test(arguments: [48_000, 44_100])
  func itSoundsLikeTheSameFileFromTheHost(_ rate: Int) throws {
    let start: [(sample: Int, act: Act)] = [(0, .transport(frame: 0))]
    let count = rate * 4
    let reference = try live(rate: rate).play(count, start + piece.acts(rate: rate))
    #expect(reference.contains { $0 > 0.5 })
    for buffers in [[256], [64], [1024], [333], [0, 17, 512, 1, 0, 1000]] {
      #expect(try host(piece, rate: rate).play(count, start, buffers: buffers) == reference, "\(buffers)")
    }
  }

  @Test func theSameWithTheRealInstrument() throws {
    let count = 48_000
    let start: [(sample: Int, act: Act)] = [(0, .transport(frame: 0))]
    let score = Score.random(seed: 3, notes: 16, seconds: 0.7)
    let bundle = try TestBundle(.piano, voice: nil)
    try bundle.link(voice: "piano-light.safetensors")
    let path = try bundle.write(score)
    func sound(_ acts: [(sample: Int, act: Act)], _ buffers: [Int]) throws -> [Float] {
      try bundle.host(bufferSize: 1024).play(count, start + acts, buffers: buffers)
    }
    let reference = try sound(score.acts(), [256])
    #expect(reference.contains { $0.magnitude > 0.01 })
    #expect(try sound([(0, .score(path))], [512, 0, 100]) == reference)
  }

  @Test func itBeginsWhereTheTransportIs() throws {
    // At 0.9 s: key 60 is down, key 64 is kept by the pedal, 40 has ended, 72 has died away, and 62 begins.
    let score = Score(
      notes: [
        Note(key: 40, velocity: 90, start: 0.1, end: 0.2), Note(key: 60, velocity: 100, start: 0.25, end: 1),
        Note(key: 64, velocity: 80, start: 0.6, end: 0.8), Note(key: 108, velocity: 2, start: 0, end: 2),
        Note(key: 62, velocity: 70, start: 0.9, end: 1.2),
      ], pedals: [Pedal(kind: .sustain, value: 127, time: 0.5), Pedal(kind: .sustain, value: 0, time: 1.5)])
    let expected: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 43_200)),
      (0, .midi([0x90, 60, decayed(100, key: 60, 0.65)])), (0, .midi([0x90, 64, decayed(80, key: 64, 0.3)])),
      (0, .midi([0xB0, 64, 127])), (0, .midi([0x80, 64, 0])), (0, .midi([0x90, 62, 70])),
      (4800, .midi([0x80, 60, 0])), (14_400, .midi([0x80, 62, 0])), (28_800, .midi([0xB0, 64, 0])),
      (52_800, .midi([0x80, 108, 0])),
    ]
    let reference = try live().play(72_000, expected)
    for buffers in [[256], [1, 800, 0, 77]] {
      let sound = try host(score).play(72_000, [(0, .transport(frame: 43_200))], buffers: buffers)
      #expect(isSame(sound, reference), "\(buffers)")
    }
  }

  /// What is left of a velocity after some seconds, as the roll has it.
  private func decayed(_ velocity: UInt8, key: Int, _ seconds: Double) -> UInt8 {
    UInt8((Double(velocity) * exp(-seconds / Double(RollWriter.decay(key - 21)))).rounded())
  }

  @Test func notesThatEndWhereItBeginsAreNotStruck() throws {
    let score = Score(notes: [Note(key: 60, velocity: 100, start: 0, end: 1)])
    let sound = try host(score).play(24_000, [(0, .transport(frame: 48_000))])
    #expect(sound.allSatisfy { $0 == 0 })
  }

  @Test func theSostenutoPedalCatchesWhatItCaught() throws {
    let score = Score(
      notes: [
        Note(key: 48, velocity: 100, start: 0, end: 0.3), Note(key: 55, velocity: 100, start: 0.25, end: 0.9),
        Note(key: 50, velocity: 100, start: 0.32, end: 0.4),
      ],
      pedals: [
        Pedal(kind: .sostenuto, value: 127, time: 0.2), Pedal(kind: .soft, value: 64, time: 0.1),
        Pedal(kind: .sostenuto, value: 0, time: 1),
      ])
    let expected: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 24_000)), (0, .midi([0xB0, 67, 64])), (0, .midi([0x90, 48, decayed(100, key: 48, 0.5)])),
      (0, .midi([0xB0, 66, 127])), (0, .midi([0x90, 55, decayed(100, key: 55, 0.25)])), (0, .midi([0x80, 48, 0])),
      (19_200, .midi([0x80, 55, 0])), (24_000, .midi([0xB0, 66, 0])),
    ]
    #expect(
      try host(score).play(48_000, [(0, .transport(frame: 24_000))]) == live().play(48_000, expected))
  }

  @Test func inALoopTheFootWaitsForTheDampers() throws {
    // A pedal that is down all the time; from 2 s back to 1 s, where 60 is kept by the pedal and 64 is down.
    let score = Score(
      notes: [
        Note(key: 60, velocity: 100, start: 0.5, end: 0.6), Note(key: 64, velocity: 100, start: 0.9, end: 1.1),
        Note(key: 67, velocity: 90, start: 1.9, end: 2.5),
      ], pedals: [Pedal(kind: .sustain, value: 127, time: 0.1)])
    let start: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 48_000)), (48_000, .transport(frame: 48_000)),
    ]
    let again: UInt8 = decayed(100, key: 60, 0.5)
    let other: UInt8 = decayed(100, key: 64, 0.1)
    let expected: [(sample: Int, act: Act)] = [
      start[0], (0, .midi([0x90, 60, again])), (0, .midi([0x90, 64, other])), (0, .midi([0xB0, 64, 127])),
      (0, .midi([0x80, 60, 0])), (4800, .midi([0x80, 64, 0])), (43_200, .midi([0x90, 67, 90])),
      // The jump: what is held comes up, what sounds there is struck, keys hold it until the foot is down.
      (48_000, .midi([0x80, 67, 0])), (48_000, .midi([0xB0, 64, 0])), (48_000, .midi([0x90, 60, again])),
      (48_000, .midi([0x90, 64, other])), (57_600, .midi([0xB0, 64, 127])), (57_600, .midi([0x80, 60, 0])),
      (57_600, .midi([0x80, 64, 0])), (91_200, .midi([0x90, 67, 90])),
    ]
    let reference = try live().play(120_000, expected)
    for buffers in [[256], [1000, 0, 31]] {
      let sound = try host(score).play(120_000, start, buffers: buffers)
      #expect(isSame(sound, reference), "\(buffers)")
    }
  }

  @Test func stoppedItLetsGo() throws {
    let score = Score(
      notes: [Note(key: 60, velocity: 100, start: 0.1, end: 5)],
      pedals: [Pedal(kind: .sustain, value: 100, time: 0.05), Pedal(kind: .soft, value: 30, time: 0.0625)])
    let expected: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 0)), (2400, .midi([0xB0, 64, 100])), (3000, .midi([0xB0, 67, 30])),
      (4800, .midi([0x90, 60, 100])), (10_007, .midi([0x80, 60, 0])), (10_007, .midi([0xB0, 64, 0])),
      (10_007, .midi([0xB0, 67, 0])),
    ]
    for speed: Float in [0, -1, -0.0, .nan] {
      // What is no number says nothing: the transport rolls on.
      let isStopped = !speed.isNaN
      let acts: [(sample: Int, act: Act)] = [
        (0, .transport(frame: 0)), (10_007, .transport(frame: 10_007, speed: speed)),
      ]
      let sound = try host(score).play(30_000, acts)
      #expect(try sound == live().play(30_000, isStopped ? expected : Array(expected[..<4])), "\(speed)")
    }
    // Nothing is played that has not been rolled to.
    #expect(try host(score).play(30_000, [(0, .transport(frame: 4000, speed: 0))]).allSatisfy { $0 == 0 })
    #expect(try host(score).play(30_000, []).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [0.5, 2, 0.3] as [Float])
  func anotherSpeedStretchesTime(_ speed: Float) throws {
    let score = Score(
      notes: (1..<9).map { Note(key: 60, velocity: 127, start: Double($0) * 0.1, end: Double($0) * 0.1 + 0.05) })
    let acts: [(sample: Int, act: Act)] = [(0, .transport(frame: 0, speed: speed))]
    let expected =
      acts
      + score.written.events(sampleRate: 48_000).map {
        (Int((Double($0.sample) / Double(speed)).rounded(.up)), .midi($0.midi))
      }
    let count = Int(48_000 / speed)
    let reference = try live().play(count, expected)
    for buffers in [[256], [99, 0, 1024]] {
      #expect(try host(score).play(count, acts, buffers: buffers) == reference, "\(buffers)")
    }
    // A host that tells its rounded frames all the time has not jumped.
    let told =
      acts
      + (1..<40).map { step in
        (step * 480, .transport(frame: Int64((Float(step * 480) * speed).rounded()), speed: speed))
      }
    let sound = try host(score).play(count, told)
    #expect(sound.filter { $0 > 0.5 }.count == reference.filter { $0 > 0.5 }.count)
  }

  @Test func barsMayRule() throws {
    let score = Score(
      notes: (0..<8).map { Note(key: 60, velocity: 127, start: Double($0) * 0.5, end: Double($0) * 0.5 + 0.1) })
    func clicks(_ acts: [(sample: Int, act: Act)]) throws -> [Int] {
      let host = try host(score)
      let latency = Int(try #require(host["latency"]))
      let sound = host.play(192_000, acts)
      return sound.indices.filter { sound[$0] > 0.5 && sound[$0] >= sound[$0 + 1] && sound[$0] > sound[$0 - 1] }
        .map { $0 - latency }
    }
    func isNear(_ found: [Int], _ expected: [Int]) -> Bool {
      found.count >= expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 2 }
    }
    // The file has 120 quarters a minute, the host 60, and begins at the second bar of 3/8: after one and a half quarters.
    let slow = HostBeats(bar: 1, barBeat: 0, beatsPerBar: 3, beatUnit: 8, beatsPerMinute: 120)
    let bars: [(sample: Int, act: Act)] = [(0, .control("score_time", 1)), (0, .transport(frame: 9_999, beats: slow))]
    #expect(isNear(try clicks(bars), [24_000, 72_000, 120_000]))
    // A tempo that changes as it rolls.
    let fast = HostBeats(bar: 2, barBeat: 0, beatsPerBar: 3, beatUnit: 8, beatsPerMinute: 240)
    #expect(
      isNear(
        try clicks(bars + [(72_000, .transport(frame: 81_999, beats: fast))]), [24_000, 72_000, 96_000, 120_000]))
    // The seconds rule otherwise, and where the host does not count bars.
    let seconds: [(sample: Int, act: Act)] = [(0, .transport(frame: 0, beats: slow))]
    #expect(isNear(try clicks(seconds), [0, 24_000, 48_000, 72_000, 96_000]))
    #expect(isNear(try clicks([(0, .control("score_time", 1)), (0, .transport(frame: 0))]), [0, 24_000, 48_000]))
  }

  @Test func soundComesWhereAHostTellsIt() throws {
    let score = Score(
      notes: (0..<6).map { Note(key: 60, velocity: 127, start: Double($0) * 0.5, end: Double($0) * 0.5 + 0.1) })
    func clicks(_ position: Float, speed: Float = 1, in features: [String] = []) throws -> (found: [Int], latency: Int)
    {
      let host = try host(score, offering: features)
      let latency = Int(try #require(host["latency"]))
      let sound = host.play(100_000, [(0, .control("position", position)), (0, .transport(frame: 0, speed: speed))])
      let found = sound.indices.dropFirst().dropLast().filter {
        sound[$0] > 0.5 && sound[$0] >= sound[$0 + 1] && sound[$0] > sound[$0 - 1]
      }
      return (found, latency)
    }
    // The first is struck as soon as the transport rolls; the others sound at half a second, at a second.
    let ahead = try clicks(2)
    try #require(ahead.found.count >= 4)
    for (index, at) in ahead.found.enumerated().dropFirst() { #expect(abs(at - index * 24_000) <= 2) }
    let half = try clicks(2, speed: 0.5)
    for (index, at) in half.found.enumerated().dropFirst() { #expect(abs(at - index * 48_000) <= 2) }
    // Ardour is known, until somebody says otherwise.
    let ardour = ["http://ardour.org/lv2/midnam#update"]
    #expect(try clicks(0, in: ardour).found == ahead.found)
    // Of the notes: later by the latency, as a host that is not known is taken to tell it.
    for (position, features) in [(Float(0), []), (1, []), (1, ardour)] {
      let late = try clicks(position, in: features)
      try #require(late.found.count >= 4)
      for (index, at) in late.found.enumerated() { #expect(abs(at - late.latency - index * 24_000) <= 2) }
    }
  }

  @Test func aPlayerPlaysAlong() throws {
    let score = Score(
      notes: [Note(key: 60, velocity: 100, start: 0.1, end: 0.2), Note(key: 62, velocity: 90, start: 0.1, end: 0.9)],
      pedals: [Pedal(kind: .sustain, value: 90, time: 0.15), Pedal(kind: .sustain, value: 0, time: 0.6)])
    let player: [(sample: Int, act: Act)] = [
      (4000, .midi([0x90, 60, 50])), (15_000, .midi([0x80, 60, 0])),
      (16_000, .midi([0xB0, 64, 127])), (17_000, .midi([0xB0, 64, 0])), (20_000, .midi([0x90, 70, 60])),
      (21_000, .midi([0xB0, 123, 0])), (22_000, .midi([0xB0, 121, 0])),
    ]
    // 60 stays down until the player, too, has let go of it; the pedal until both have; and the player's "all notes off"
    // is about the player's notes.
    let expected: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 0)), (4000, .midi([0x90, 60, 50])), (4800, .midi([0x90, 60, 100])),
      (4800, .midi([0x90, 62, 90])), (7200, .midi([0xB0, 64, 90])), (15_000, .midi([0x80, 60, 0])),
      (16_000, .midi([0xB0, 64, 127])), (17_000, .midi([0xB0, 64, 90])), (20_000, .midi([0x90, 70, 60])),
      (21_000, .midi([0x80, 70, 0])), (22_000, .midi([0xB0, 64, 90])), (22_000, .midi([0xB0, 66, 0])),
      (22_000, .midi([0xB0, 67, 0])), (28_800, .midi([0xB0, 64, 0])), (43_200, .midi([0x80, 62, 0])),
    ]
    let reference = try live().play(60_000, expected)
    #expect(try host(score).play(60_000, [(0, .transport(frame: 0))] + player) == reference)
  }

  @Test func whatHostsSendAsTheyRelocateDoesNotEndWhatIsStruck() throws {
    let score = Score(
      notes: [Note(key: 60, velocity: 100, start: 0, end: 2)], pedals: [Pedal(kind: .sustain, value: 127, time: 0)])
    func panic(_ sample: Int) -> [(sample: Int, act: Act)] {
      (0..<16).flatMap { channel in
        [(sample, .midi([0xB0 + channel, 64, 0])), (sample, .midi([0xB0 + channel, 123, 0]))]
      }
    }
    let start: [(sample: Int, act: Act)] = [(0, .transport(frame: 48_000))]
    let struck: [(sample: Int, act: Act)] = [
      (0, .midi([0x90, 60, decayed(100, key: 60, 1)])), (0, .midi([0xB0, 64, 127])),
    ]
    let first = try host(score).play(24_000, start + panic(0))
    #expect(try isSame(first, live().play(24_000, start + panic(0) + struck)))
    // Later, the pedal stays where the score has it.
    let later = try host(score).play(24_000, start + panic(100))
    let repeated: [(sample: Int, act: Act)] = (0..<16).map { _ in (100, .midi([0xB0, 64, 127])) }
    #expect(try isSame(later, live().play(24_000, start + struck + repeated)))
  }

  @Test func anotherScoreMayBeLaidOutAsItRolls() throws {
    let first = Score(
      notes: [Note(key: 60, velocity: 100, start: 0.1, end: 3)], pedals: [Pedal(kind: .soft, value: 50, time: 0)])
    let second = Score(notes: [Note(key: 72, velocity: 120, start: 0, end: 3)])
    let bundle = try TestBundle.audible()
    let host = try bundle.host(bufferSize: 1024)
    let paths = try [bundle.write(first, as: "1.mid"), bundle.write(second, as: "2.mid")]
    let sound = host.play(
      60_000,
      [
        (0, .score(paths[0])), (0, .transport(frame: 0)), (24_576, .score(paths[1])), (49_152, .score("")),
      ])
    let expected: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 0)), (0, .midi([0xB0, 67, 50])), (4800, .midi([0x90, 60, 100])),
      (24_576, .midi([0x80, 60, 0])), (24_576, .midi([0xB0, 67, 0])),
      (24_576, .midi([0x90, 72, decayed(120, key: 72, 0.512)])), (49_152, .midi([0x80, 72, 0])),
    ]
    #expect(try isSame(sound, live().play(60_000, expected)))
  }

  @Test func anExportRepeats() throws {
    let host = try host(piece)
    let acts: [(sample: Int, act: Act)] = [
      (0, .transport(frame: 12_345)), (60_000, .transport(frame: 20_000)),
      (100_001, .transport(frame: 60_001, speed: 0)),
    ]
    let first = host.play(150_016, acts, buffers: [256])
    #expect(first.contains { $0 > 0.3 })
    host.reactivate()
    #expect(host.play(150_016, acts, buffers: [256]) == first)
    // Without being told that it begins anew, too, once it is silent.
    _ = host.play(48_000, [])
    #expect(host.play(150_016, acts, buffers: [256]) == first)
    // Reactivated as it rolls, it goes on.
    let rolling = try self.host(Score(notes: [Note(key: 60, velocity: 127, start: 0, end: 3)]))
    _ = rolling.play(10_240, [(0, .transport(frame: 0))])
    rolling.reactivate()
    #expect(rolling.play(9600, []).contains { $0 > 0.5 })
  }
}
