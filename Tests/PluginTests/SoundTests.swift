// SoundTests: notes come out where and as they should: after the reported latency to the sample,
// the same in every host buffer, at every rate, and shaped by the controls.
import Hosting
import Score
import Testing

struct SoundTests {
  /// The place of the largest sample.
  private func place(_ sound: [Float]) -> Int { sound.indices.max { sound[$0] < sound[$1] } ?? -1 }

  @Test(arguments: [(48_000, 256), (48_000, 37), (44_100, 256), (96_000, 1024), (24_000, 64), (192_000, 512)])
  func aNoteSoundsAfterTheReportedLatency(_ rate: Int, _ buffer: Int) throws {
    let bundle = try TestBundle()
    for block in [1, 2, 5, 8] {
      let host = try bundle.host(sampleRate: rate, bufferSize: buffer)
      host["block"] = Float(block)
      host.run(0)
      let latency = Int(try #require(host["latency"]))
      #expect(latency > block * rate / 75 && latency <= 65_536)
      // On the codec's clock, which counts 24,000 a second, this event has a sample of its own.
      let sample = rate / 10
      let sound = host.render(sample + latency + rate / 20, events: [(sample, [0x90, 60, 127])])
      #expect(abs(place(sound) - sample - latency) <= rate / 48_000, "\(rate) Hz, block \(block)")
      #expect(sound[..<(sample + latency - rate / 100)].allSatisfy { abs($0) < 1e-3 })
    }
  }

  @Test func theBufferDoesNotChangeTheSound() throws {
    let bundle = try TestBundle()
    let events = (0..<60).map { (note: Int) -> (sample: Int, midi: [UInt8]) in
      (note * 997, [0x90, UInt8(21 + note), UInt8(30 + note)])
    }
    func sound(_ buffer: Int) throws -> [Float] {
      let host = try bundle.host(bufferSize: buffer)
      host.run(0)
      let latency = Int(host["latency"] ?? 0)
      return Array(host.render(latency + 96_000, events: events)[latency...])
    }
    let reference = try sound(256)
    #expect(reference.contains { abs($0) > 0.1 })
    for buffer in [1024, 64, 333] { #expect(try sound(buffer) == reference, "\(buffer)") }
    #expect(try sound(256) == reference)
  }

  @Test func gainIsInDecibelsAndMovesWithoutAJump() throws {
    let host = try TestBundle().host()
    let loud = host.render(24_000, events: [(0, [0x90, 60, 127])])
    host["gain"] = -20
    host.run(256)
    _ = host.render(4800)
    let soft = host.render(24_000, events: [(0, [0x90, 60, 127])])
    let ratio = (soft.max() ?? 0) / (loud.max() ?? 1)
    #expect(abs(ratio - 0.1) < 1e-3)
  }

  @Test func velocityZeroIsNoNoteAndTheCurveBends() throws {
    let bundle = try TestBundle()
    func peak(_ velocity: UInt8, curve: Float) throws -> Float {
      let host = try bundle.host()
      host["velocity"] = curve
      return host.render(9600, events: [(0, [0x90, 60, velocity])]).max() ?? 0
    }
    #expect(try peak(0, curve: 0) == 0)
    let straight = try peak(64, curve: 0)
    #expect(try peak(64, curve: 1) > 1.2 * straight)
    #expect(try peak(64, curve: -1) < 0.8 * straight)
    #expect(try peak(127, curve: 1) == peak(127, curve: -1))
  }

  @Test func disabledItFadesAndDropsNotes() throws {
    let host = try TestBundle().host()
    let first = host.render(9600, events: [(0, [0x90, 60, 127])])
    #expect((first.max() ?? 0) > 0.5)
    host["enabled"] = 0
    let silent = host.render(24_000, events: [(100, [0x90, 60, 127])])
    #expect(silent[2400...].allSatisfy { $0 == 0 })
    host["enabled"] = 1
    let again = host.render(24_000, events: [(4800, [0x90, 60, 127])])
    #expect((again.max() ?? 0) > 0.5)
    #expect(again.filter { $0 > 0.5 }.count < 20, "the note that was dropped must not come back")
  }

  @Test func allSoundOffIsAtOnceAndReactivationForgets() throws {
    let host = try TestBundle().host()
    host.run(0)
    let latency = Int(host["latency"] ?? 0)
    let sound = host.render(latency + 4800, events: [(0, [0x90, 60, 127]), (480, [0xB0, 120, 0])])
    #expect(sound[(latency + 960)...].allSatisfy { $0 == 0 })
    // A note whose sound is still to come is forgotten.
    host.send(midi: [0x90, 60, 127])
    host.run(256)
    host.reactivate()
    #expect(host.render(9600).allSatisfy { abs($0) < 1e-3 })
  }

  @Test func theSameTakeSoundsTheSameAgain() throws {
    let bundle = try TestBundle()
    func take(after cycles: Int, telling: Bool = true) throws -> [Float] {
      let host = try bundle.host()
      _ = host.render(cycles * 256)
      if telling { host.sendTransport(frame: 4800, isRolling: true) }
      return host.render(24_000, events: [(1000, [0x90, 60, 127]), (9000, [0x90, 62, 127])])
    }
    let reference = try take(after: 40)
    #expect(try take(after: 43) == reference)
    // Blocks are counted from the first note, so nothing needs to be told.
    #expect(try take(after: 43, telling: false) == reference)
    // While something sounds, nothing is cut off.
    let host = try bundle.host()
    let whole = host.render(24_000, events: [(1000, [0x90, 60, 127])])
    host.reactivate()
    var parts = host.render(3584, events: [(1000, [0x90, 60, 127])])
    host.sendTransport(frame: 0, isRolling: true)
    parts += host.render(20_224)
    #expect(Array(parts[..<23_808]) == Array(whole[..<23_808]))
  }

  @Test func settingsReachTheInstrument() throws {
    let bundle = try TestBundle()
    func sound(_ seed: Float, _ steps: Float) throws -> [Float] {
      let host = try bundle.host()
      host["seed"] = seed
      host["steps"] = steps
      return host.render(9600, events: [(1000, [0x90, 60, 127])])
    }
    let first = try sound(1, 4)
    #expect(try sound(1, 4) == first)
    #expect(try sound(2, 4) != first)
    #expect(try sound(1, 5) != first)
  }

  @Test func aPerformanceIsAlignedWithItsScore() throws {
    let host = try TestBundle().host()
    let score = Score(notes: [
      Note(key: 60, velocity: 127, start: 0.25, end: 0.5), Note(key: 64, velocity: 127, start: 1, end: 1.5),
    ])
    var left: [Float] = []
    var shares: [Double] = []
    let report = host.perform(score, tail: 0.5) { samples, done in
      left += stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
      shares.append(done)
    }
    #expect(left.count == 96_000)
    #expect(left[12_000] > 0.5 && left[48_000] > 0.5)
    #expect(shares == shares.sorted() && shares.last == 1)
    #expect(report.lateBlocks == 0 && report.peak > 0.5)
  }
}
