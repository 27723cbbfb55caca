// What sounds depends on the notes, the voice and the settings: not on the host's buffers, nor on the road taken.
import Performer
import Score
import Testing

@Suite struct DeterminismTests {
  @Test(arguments: [44_100, 48_000, 24_000])
  func theSameBitsWhateverTheBuffers(rate: Int) {
    let events = music(rate: rate, seconds: 3)
    func output(_ sizes: [Int], nominal: Int) -> [Float] {
      let performer = perform(SineInstrument(), rate: rate, nominal: nominal)
      let latency = performer.stage.latency
      let samples = performer.drive(events, total: 3 * rate + latency, sizes: sizes)
      #expect(samples[..<(latency - 100)].allSatisfy { $0 == 0 })
      #expect(performer.counters.missingSamples == 0 && performer.counters.lateBlocks == 0)
      return Array(samples[latency...])
    }
    let reference = output([256], nominal: 256)
    #expect(reference.contains { $0.magnitude > 0.1 })
    for sizes in [[64], [1024], [1, 700, 31, 2048, 333], [100_000]] {
      #expect(output(sizes, nominal: 256) == reference, "cycles of \(sizes)")
    }
    #expect(output([1024], nominal: 1024) == reference)
    let offline = OfflinePerformer(instrument: SineInstrument(), hostRate: rate, blockFrames: 2)
    #expect(offline.render(events.onCodecClock(rate: rate), seconds: 3) == reference)
  }

  @Test func offlineInPiecesIsOfflineAtOnce() {
    let events = music(rate: 48_000, seconds: 2).onCodecClock(rate: 48_000)
    let offline = OfflinePerformer(instrument: SineInstrument(), hostRate: 48_000, blockFrames: 3)
    let whole = offline.render(events, seconds: 1.7)
    #expect(whole.count == 81_600)
    var pieces: [Float] = []
    var shares: [Double] = []
    offline.render(events.reversed(), seconds: 1.7) { samples, done in
      pieces += samples
      shares.append(done)
    }
    #expect(pieces == whole)
    #expect(shares == shares.sorted() && shares.last == 1)
    #expect(offline.render(events, seconds: .nan).isEmpty && offline.render(events, seconds: -1).isEmpty)
  }

  @Test func offlineStopsWhenTheListenerThrows() {
    struct Full: Error {}
    let offline = OfflinePerformer(instrument: SineInstrument(), hostRate: 48_000, blockFrames: 2)
    #expect(throws: Full.self) { try offline.render([], seconds: 10) { _, _ in throw Full() } }
  }

  @Test func aSecondPassAfterAResetIsTheFirst() {
    let performer = perform(SineInstrument())
    let events = music(rate: 48_000, seconds: 2)
    let first = performer.drive(events, total: 96_000, sizes: [256])
    performer.stage.reset()
    // What still sounded fades for 5 ms; after it all is as before.
    let second = performer.drive(events, total: 96_000, sizes: [300])
    #expect(first[240...] == second[240...])
  }

  @Test func eventsKeepTheirOrderAndBlocksTheirGrid() {
    let instrument = ImpulseInstrument(ring: 2)
    let performer = perform(instrument, rate: 24_000, blockFrames: 3)
    _ = performer.drive(
      [
        HostEvent(position: 2000, kind: .noteOn, key: 60), HostEvent(position: 2000, kind: .noteOff, key: 60, value: 0),
        HostEvent(position: 2000, kind: .noteOn, key: 61), HostEvent(position: 2879, kind: .sustain, value: 127),
        HostEvent(position: 2880, kind: .noteOff, key: 61, value: 0),
      ], total: 12_000, sizes: [480])
    performer.close()
    #expect(instrument.calls.map(\.frame) == [6, 9, 12, 15])
    #expect(instrument.calls.map(\.frames) == [3, 3, 3, 3])
    #expect(instrument.calls[0].events.map(\.kind) == [.noteOn, .noteOff, .noteOn, .sustain])
    #expect(instrument.calls[0].events.map(\.sample) == [2000, 2000, 2000, 2879])
    #expect(instrument.calls[1].events.map(\.key) == [61])
    #expect(instrument.calls.map(\.wasReset) == [true, false, false, false])
  }

  @Test func eventsOutOfOrderAreMovedBehindTheirPredecessor() {
    let instrument = ImpulseInstrument()
    let performer = perform(instrument, rate: 24_000)
    let stage = performer.stage
    defer { performer.close() }
    stage.post(.noteOn, key: 60, value: 1, offset: 200)
    stage.post(.noteOn, key: 61, value: 1, offset: 100)
    stage.post(.noteOn, key: 62, value: 1, offset: .min)
    stage.run(left: nil, right: nil, count: 256, wait: true)
    _ = performer.drive([], total: 2000, sizes: [256])
    performer.close()
    #expect(instrument.calls[0].events.map(\.sample) == [200, 200, 200])
    #expect(instrument.calls[0].events.map(\.key) == [60, 61, 62])
  }
}
