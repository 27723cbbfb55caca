// ScoreEnduranceTests: huge scores, a transport that jumps about, cycles without samples, scores that change all the time:
// nothing falls, nothing is stuck, and what comes after sounds as if nothing had been.
import Hosting
import Score
import Testing

struct ScoreEnduranceTests {
  /// 100,000 notes in ten minutes, many of them at one frame, some longer than the piece, and a crowd at one moment.
  private func crowd(seed: UInt64) -> Score {
    var random = Chance(seed: seed)
    var notes = (0..<100_000).map { index in
      let start = Double(index / 3) * 0.018
      return Note(
        key: .random(in: 0...127, using: &random), velocity: .random(in: 1...127, using: &random), start: start,
        end: start + (index % 1000 == 0 ? 1000 : .random(in: 0.0001...0.5, using: &random)))
    }
    notes += (0..<9000).map { Note(key: UInt8($0 % 128), velocity: 100, start: 300, end: 300.5) }
    let pedals = (0..<5000).map { index in
      Pedal(
        kind: [.sustain, .sostenuto, .soft][index % 3], value: .random(in: 0...127, using: &random),
        time: Double(index) * 0.12)
    }
    return Score(notes: notes, pedals: pedals)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anyTransportWithAnyScore(_ seed: UInt64) throws {
    var random = Chance(seed: seed)
    let bundle = try TestBundle()
    let paths = try [
      bundle.write(crowd(seed: seed), as: "crowd.mid"), bundle.write(Score(), as: "empty.mid"),
      bundle.add("broken.mid", "MThd"), "",
    ]
    let host = try bundle.host(bufferSize: 8192)
    host["freewheel"] = 1
    host.set(scoreURI, toPath: paths[0])
    let speeds: [Float] = [1, 1, 1, 1, 0, 0.5, 2, -1, .nan, .infinity, -0.0, 1e-30, 1e30, 100]
    let frames: [Int64] = [0, -1, .min, .max, 14_400_000, 14_399_999, 1 << 53]
    for cycle in 0..<500 {
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let isOdd = Int.random(in: 0..<10, using: &random) == 0
        let frame =
          isOdd ? frames.randomElement(using: &random)! : Int64.random(in: 0..<28_800_000, using: &random)
        let beats = HostBeats(
          bar: .random(in: -2...1000, using: &random), barBeat: .random(in: -1...4, using: &random),
          beatsPerBar: [0, 3, 4, .nan].randomElement(using: &random)!,
          beatUnit: [-1, 0, 4, 8].randomElement(using: &random)!,
          beatsPerMinute: [0, 60, 120, 1e30, -5].randomElement(using: &random)!)
        host.sendTransport(
          frame: frame, speed: speeds.randomElement(using: &random)!,
          beats: Bool.random(using: &random) ? beats : nil, time: .random(in: -1...9000, using: &random))
      }
      if cycle % 40 == 39 { host.set(scoreURI, toPath: paths.randomElement(using: &random)!) }
      if cycle % 40 == 20 { host.set(scoreURI, toPath: paths[0]) }
      if cycle % 50 == 49 { host["score_time"] = Bool.random(using: &random) ? 1 : 0 }
      if cycle % 60 == 59 { host["enabled"] = cycle % 120 == 59 ? 0 : 1 }
      if cycle % 70 == 69 { host["block"] = .random(in: 1...8, using: &random) }
      if cycle % 90 == 89 { host.reactivate() }
      host.send(midi: [0x90, .random(in: 0...127, using: &random), 64], time: .random(in: 0...300, using: &random))
      let length = [0, 1, 17, 256, 1024, 8192].randomElement(using: &random)!
      host.run(length)
      #expect(
        (0..<length).allSatisfy { host.outputs[0][$0].isFinite && host.outputs[0][$0].magnitude < 1e4 },
        "seed \(seed), cycle \(cycle)")
    }
    // Stopped, it falls silent; and then it plays as one that has just been made.
    host["enabled"] = 1
    host["block"] = 2
    host["score_time"] = 0
    host.sendTransport(frame: 0, isRolling: false)
    host.send(midi: [0xB0, 123, 0])
    host.send(midi: [0xB0, 121, 0])
    host.run(256)
    #expect(host.play(96_000, [])[48_000...].allSatisfy { $0 == 0 })
    let score = try bundle.write(Score.random(seed: seed, notes: 40, seconds: 1), as: "small.mid")
    let acts: [(sample: Int, act: Act)] = [(0, .score(score)), (0, .transport(frame: 0))]
    let sound = host.play(72_000, acts)
    #expect(sound.contains { $0 > 0.3 })
    #expect(try sound == bundle.host(bufferSize: 8192).play(72_000, acts))
  }

  @Test func noNoteIsStuckAndNoneIsLost() throws {
    // Every note is heard once, however the host cuts time, in a piece that is dense without being too dense.
    let score = Score(
      notes: (0..<2000).map { index -> Note in
        let start = 0.5 + Double(index / 8) * 0.02
        return Note(key: UInt8(21 + index % 88), velocity: 127, start: start, end: start + 0.01)
      })
    let bundle = try TestBundle.audible()
    let path = try bundle.write(score)
    let reference = try bundle.host(bufferSize: 8192).play(
      288_000, [(0, .transport(frame: 0))] + score.written.acts(), buffers: [256])
    for buffers in [[8192], [0, 1, 4096]] {
      let host = try bundle.host(bufferSize: 8192)
      let sound = host.play(288_000, [(0, .score(path)), (0, .transport(frame: 0))], buffers: buffers)
      let isSame = sound == reference
      #expect(isSame, "\(buffers)")
    }
  }
}
