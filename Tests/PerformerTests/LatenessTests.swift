// When the generator is late there is faded silence, counted, and the music goes on where it should be by then.
import Foundation
import Performer
import Score
import Testing

@Suite struct LatenessTests {
  let note = [HostEvent(position: 0, kind: .noteOn, key: 57)]

  @Test func lateAudioIsDroppedAndTheStreamStaysAligned() {
    let gate = GatedInstrument(SineInstrument())
    let performer = perform(gate)
    let reference = perform(SineInstrument()).drive(note, total: 48_000, sizes: [256])
    defer { performer.close() }
    var output = performer.drive(note, total: 12_800, sizes: [256])
    #expect(output == Array(reference[..<12_800]))
    // Blocks of 1280 host samples: none is under way when the gate closes.
    #expect(eventually { performer.counters.renderedBlocks == 10 })
    gate.setOpen(false)
    output += performer.drive([], total: 12_800, sizes: [256], wait: false)
    let missing = performer.counters.missingSamples
    #expect(missing > 12_800 - 2400 && missing <= 12_800)
    gate.setOpen(true)
    #expect(eventually { performer.counters.renderedBlocks == 20 })
    output += performer.drive([], total: 48_000 - 25_600, sizes: [256])
    #expect(performer.counters.missingSamples == missing)
    #expect(performer.counters.lateBlocks > 5)
    #expect(output[26_000...] == reference[26_000...], "back in place after the fade")
    #expect(output[25_600 - 8000..<25_600].allSatisfy { $0 == 0 })
    #expect(output.largestStep < 1.1 * reference.largestStep)
  }

  @Test func aResetFadesAndForgets() {
    let performer = perform(SineInstrument())
    let stage = performer.stage
    defer { performer.close() }
    let before = performer.drive(note, total: 12_800, sizes: [256])
    stage.post(.noteOn, key: 80, value: 127, offset: 0)
    stage.reset()
    let after = performer.drive([], total: 12_800, sizes: [256])
    #expect(after[0] != 0)
    #expect(after[240...].allSatisfy { $0 == 0 })
    #expect((before + after).largestStep < 1.1 * before.largestStep)
    for _ in 0..<100 { stage.reset() }
    #expect(performer.drive(note, total: 12_800, sizes: [256]) == before)
  }

  @Test func allSoundOffIsHeardAtItsSample() {
    let performer = perform(SineInstrument(), rate: 24_000)
    let latency = performer.stage.latency
    let output = performer.drive(
      note + [HostEvent(position: 5000, kind: .allSoundOff), HostEvent(position: 9000, kind: .noteOn, key: 69)],
      total: 12_000 + latency, sizes: [128])
    #expect(output[latency + 4900..<latency + 5000].contains { $0 != 0 })
    #expect(output[latency + 5120..<latency + 9000].allSatisfy { $0 == 0 })
    #expect(output[(latency + 9001)...].contains { $0.magnitude > 0.1 })
    let before = Array(output[latency + 4000..<latency + 5000])
    #expect(Array(output[latency + 4990..<latency + 5140]).largestStep < 1.1 * before.largestStep)
  }

  @Test func aGeneratorFarBehindGivesUpWhatNobodyHears() {
    let gate = GatedInstrument(SineInstrument())
    let performer = perform(gate)
    let stage = performer.stage
    defer { performer.close() }
    _ = performer.drive(note, total: 6400, sizes: [256])
    gate.setOpen(false)
    _ = performer.drive([], total: 2560, sizes: [256], wait: false)
    #expect(eventually { gate.isAwaited })
    _ = performer.drive([], total: 48_000 * 20, sizes: [256], wait: false)
    let before = performer.counters.renderedBlocks
    gate.setOpen(true)
    // The block at the gate is late, the next one is passed over, and then it rests: 748 are not looked at.
    #expect(eventually { performer.counters.lateBlocks >= 2 })
    let missing = performer.counters.missingSamples
    let again = performer.drive(note, total: 48_000, sizes: [256])
    #expect(performer.counters.missingSamples == missing, "who waits gets everything")
    #expect(performer.counters.renderedBlocks < before + 60)
    #expect(again.contains { $0.magnitude > 0.1 })
    #expect(stage.counters == performer.counters)
  }

  @Test func whoWaitsHearsEveryBlockHoweverFarTheGeneratorIsBehind() {
    let impulses = ImpulseInstrument(ring: 1 << 20)
    let gate = GatedInstrument(impulses)
    let performer = perform(gate)
    _ = performer.drive(note, total: 6400, sizes: [256])
    gate.setOpen(false)
    _ = performer.drive([], total: 2560, sizes: [256], wait: false)
    #expect(eventually { gate.isAwaited })
    _ = performer.drive([], total: 48_000 * 20, sizes: [256], wait: false)
    // An export begins, before the generator has seen how late it is.
    let opener = Thread {
      usleep(300_000)
      gate.setOpen(true)
    }
    opener.start()
    _ = performer.drive([], total: 48_000, sizes: [256])
    performer.close()
    let frames = impulses.calls.map(\.frame)
    #expect(frames.count > 750 && zip(frames, frames.dropFirst()).allSatisfy { $1 == $0 + 2 })
  }

  @Test func cyclesLongerThanTheHostSaidAreReckonedWith() {
    let performer = perform(SineInstrument(), nominal: 256)
    let latency = performer.stage.latency
    _ = performer.drive([], total: 8192, sizes: [8192], wait: false)
    _ = performer.drive([], total: 15 * 1024, sizes: [1024])
    #expect(performer.stage.latency == latency)
    _ = performer.drive([], total: 16 * 1024, sizes: [1024], wait: false)
    #expect(performer.stage.latency == latency + 1024 - 256)
    performer.stage.set(nominalBlock: 64)
    #expect(performer.stage.latency == latency - 192)
  }
}
