// What is not heard is not computed; what is changed is changed at a block's boundary; too much is too much.
import Performer
import Score
import Testing

@Suite struct EconomyTests {
  @Test func silenceIsNotRendered() {
    let instrument = ImpulseInstrument(ring: 1)
    let performer = perform(instrument)
    let events = [HostEvent(position: 1000, kind: .noteOn), HostEvent(position: 300_000, kind: .noteOn)]
    _ = performer.drive(events, total: 480_000, sizes: [512])
    performer.close()
    #expect(instrument.calls.count == 4)
    #expect(instrument.calls.map(\.frame) == [0, 2, 468, 470])
    #expect(instrument.calls.map(\.wasReset) == [true, false, true, false])
  }

  @Test func anInstrumentThatWakesHearsOfThePedals() {
    let instrument = ImpulseInstrument()
    let performer = perform(instrument, rate: 24_000)
    _ = performer.drive(
      [
        HostEvent(position: 100, kind: .sustain, value: 90), HostEvent(position: 900, kind: .soft, value: 127),
        HostEvent(position: 2000, kind: .noteOn), HostEvent(position: 4000, kind: .resetControllers, value: 0),
        HostEvent(position: 8000, kind: .noteOn),
      ], total: 12_000, sizes: [480])
    performer.close()
    #expect(instrument.calls.map(\.frame) == [6, 24])
    #expect(instrument.calls[0].events.map(\.kind) == [.sustain, .soft, .noteOn])
    #expect(instrument.calls[0].events.map(\.sample) == [1920, 1920, 2000])
    #expect(instrument.calls[0].events.map(\.value) == [90, 127, 100])
    #expect(instrument.calls[1].events.map(\.kind) == [.noteOn])
  }

  @Test func settingsChangeAtABoundary() {
    for cycle in [64, 480, 640] {
      let instrument = ImpulseInstrument(ring: 100)
      let performer = perform(instrument, rate: 24_000)
      let stage = performer.stage
      defer { performer.close() }
      stage.set(PerformanceSettings(steps: 2, guidance: 1.5, seed: 7))
      _ = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 1920, sizes: [cycle])
      stage.set(PerformanceSettings(steps: 2, guidance: 1.5, seed: 8))
      _ = performer.drive([], total: 1920, sizes: [cycle])
      stage.set(PerformanceSettings(steps: 9, guidance: .nan, seed: 8))
      stage.reset()
      _ = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 3200, sizes: [cycle])
      performer.close()
      let second = instrument.calls.lastIndex { $0.wasReset }!
      #expect(second >= 4, "cycles of \(cycle)")
      for call in instrument.calls[..<second] {
        #expect(call.settings == PerformanceSettings(steps: 2, guidance: 1.5, seed: call.frame < 6 ? 7 : 8))
      }
      #expect(instrument.calls[second...].allSatisfy { $0.settings.steps == 9 && $0.settings.guidance.isNaN })
    }
  }

  @Test func aNewBlockSizeComesWithItsLatency() {
    let instrument = ImpulseInstrument()
    let performer = perform(instrument)
    let stage = performer.stage
    defer { performer.close() }
    let before = stage.latency
    _ = performer.drive([HostEvent(position: 0, kind: .sustain, value: 127)], total: 4800, sizes: [256])
    stage.set(blockFrames: 4)
    #expect(stage.latency == before + 1280 + 640)
    let output = performer.drive([HostEvent(position: 480, kind: .noteOn)], total: 9600, sizes: [256])
    #expect(output.indices.max { output[$0].magnitude < output[$1].magnitude } == 480 + stage.latency)
    stage.set(blockFrames: 1000)
    #expect(stage.latency == 48_000 + 24_000 + 256 + 95)
    performer.close()
    #expect(instrument.calls.map(\.frames) == [4])
    #expect(instrument.prepared.starts(with: [2, 4]))
    #expect(instrument.calls[0].events.map(\.kind) == [.sustain, .noteOn])
  }

  @Test func tenThousandEventsInACycleLoseNotesButNoRelease() throws {
    let instrument = ImpulseInstrument(ring: 100)
    let gate = GatedInstrument(instrument)
    gate.setOpen(false)
    let performer = perform(gate, rate: 24_000)
    let stage = performer.stage
    defer { performer.close() }
    #expect(eventually { performer.status == .ready })
    for index in 0..<10_000 {
      stage.post(
        index % 2 == 0 ? .noteOn : .noteOff, key: UInt8(index / 2 % 128), value: 64, offset: index * 640 / 10_000)
    }
    stage.post(.sustain, key: 0, value: 99, offset: 639)
    stage.run(left: nil, right: nil, count: 640, wait: false)
    gate.setOpen(true)
    _ = performer.drive([HostEvent(position: 640, kind: .noteOn)], total: 6000, sizes: [640])
    let dropped = performer.counters.droppedNotes
    performer.close()
    let events = instrument.calls.flatMap(\.events)
    let notes = events.filter { $0.kind == .noteOn }
    #expect(dropped + Int64(notes.count) == 5001)
    #expect(notes.count > 1000 && notes.count < 4096)
    let end = try #require(events.lastIndex { $0.kind == .allNotesOff })
    #expect(events.filter { $0.kind == .noteOff }.count < 5000, "the test filled the ring")
    #expect(events[end + 1].kind == .sustain && events[end + 1].value == 99)
    #expect(!events[..<end].suffix(100).contains { $0.kind == .noteOn })
  }

  @Test func manyInstancesComeAndGo() {
    for _ in 0..<3 {
      let performers = (0..<32).map { _ in perform(SineInstrument(), blockFrames: 3) }
      for performer in performers.dropLast(8) {
        let output = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 6000, sizes: [256])
        #expect(output.contains { $0.magnitude > 0.05 })
      }
    }
  }

  @Test func ratesThatAreNoneAreMadeGood() {
    for rate in [Double.nan, .infinity, -1, 0, 1e12] {
      let performer = Performer(hostRate: rate, nominalBlock: -5, blockFrames: 0) { _ in SineInstrument() }
      #expect(performer.stage.latency > 0)
      #expect(performer.drive([], total: 100, sizes: [64]).allSatisfy { $0 == 0 })
    }
  }

  @Test func aRunOfNothingDoesNothing() {
    let performer = perform(SineInstrument())
    performer.stage.post(.noteOn, key: 60, value: 100, offset: 0)
    performer.stage.run(left: nil, right: nil, count: 0, wait: true)
    performer.stage.run(left: nil, right: nil, count: -1, wait: true)
    let output = performer.drive([], total: 4800, sizes: [256])
    let reference = perform(SineInstrument()).drive(
      [HostEvent(position: 0, kind: .noteOn)], total: 4800, sizes: [256])
    #expect(output == reference)
  }

  @Test func whatIsNotANumberIsSilent() {
    let performer = perform(InvalidInstrument(), rate: 24_000)
    let output = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 4800, sizes: [256])
    #expect(output.filter { $0 == 0.5 }.count == 214)
    #expect(performer.counters.invalidSamples == 426)
  }
}
