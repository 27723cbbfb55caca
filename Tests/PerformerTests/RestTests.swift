// Rest: where nothing sounds nobody is woken, and whoever is woken plays as if there had been no rest.
import Glibc
import Performer
import Score
import Testing

@Suite struct RestTests {
  private func performer(_ instrument: any BlockInstrument, _ pool: GeneratorPool, rate: Int = 48_000) -> Performer {
    let handed = Handed(instrument: instrument)
    let performer = Performer(hostRate: Double(rate), nominalBlock: 256, blockFrames: 2, pool: pool) { _ in
      handed.instrument
    }
    performer.load(voice: "test")
    return performer
  }

  @Test func aSilentPerformanceIsNotWoken() {
    let pool = GeneratorPool(threads: 2)
    let performer = performer(ImpulseInstrument(ring: 3), pool)
    let stage = performer.stage
    for wait in [false, true] {
      _ = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 24_000, sizes: [256], wait: wait)
      // Whatever is under way comes to an end.
      let seen = eventually {
        let before = pool.work.value
        _ = performer.drive([], total: 2560, sizes: [256], wait: wait)
        // Long enough for a thread that waits for a busy machine.
        usleep(20_000)
        return pool.work.value == before
      }
      #expect(seen)
      let calls = pool.work.value
      let missing = performer.counters.missingSamples
      #expect(performer.drive([], total: 4_800_000, sizes: [256], wait: wait).allSatisfy { $0 == 0 })
      #expect(pool.work.value == calls, "nobody called in a hundred seconds")
      #expect(performer.counters.missingSamples == missing)
      stage.post(.sustain, key: 0, value: 20, offset: 0)
      _ = performer.drive([], total: 2560, sizes: [256], wait: wait)
      #expect(pool.work.value != calls)
    }
  }

  /// Alone a voice that is loading is waited for, in silence too.
  @Test func aVoiceThatIsLoadingIsWaitedFor() {
    let performer = Performer(hostRate: 48_000, nominalBlock: 256, blockFrames: 2) { _ in
      usleep(50_000)
      return SineInstrument()
    }
    _ = performer.drive([], total: 9600, sizes: [256])
    performer.load(voice: "slow")
    let output = performer.drive([], total: 9600, sizes: [256])
    #expect(performer.status == .ready && output.allSatisfy { $0 == 0 })
    #expect(performer.counters.missingSamples == 0)
  }

  @Test(arguments: [24_000, 44_100, 48_000, 96_000])
  func afterALongRestTheBitsAreTheSame(rate: Int) {
    // Two seconds of music, eleven of rest, and again; offline there is no rest.
    let bars = music(rate: rate, seconds: 2)
    var events: [HostEvent] = []
    for start in [0, 13 * rate + 101, 14 * rate + 5000, 29 * rate + 77] {
      events += bars.map { HostEvent(position: $0.position + start, kind: $0.kind, key: $0.key, value: $0.value) }
    }
    events.sort { $0.position < $1.position }
    let seconds = 32
    let offline = OfflinePerformer(instrument: SineInstrument(), hostRate: rate, blockFrames: 2)
    let reference = offline.render(events.onCodecClock(rate: rate), seconds: Double(seconds))
    for sizes in [[256], [8192, 1, 77], [400_000]] {
      let performer = perform(SineInstrument(), rate: rate)
      let latency = performer.stage.latency
      let output = performer.drive(events, total: seconds * rate + latency, sizes: sizes)
      #expect(Array(output[latency...]) == reference, "cycles of \(sizes)")
      #expect(performer.counters.missingSamples == 0)
    }
  }

  @Test func resetsInARestAreHarmless() {
    let performer = perform(SineInstrument())
    let note = [HostEvent(position: 300, kind: .noteOn, key: 57)]
    let reference = performer.drive(note, total: 9600, sizes: [256])
    for round in 0..<50 {
      performer.stage.reset()
      if round % 3 == 0 { _ = performer.drive([], total: 96_000, sizes: [512]) }
      if round % 4 == 0 { performer.stage.post(.noteOn, key: 90, value: 100, offset: 0) }
      performer.stage.reset()
      #expect(performer.drive(note, total: 9600, sizes: [256])[240...] == reference[240...], "round \(round)")
    }
  }

  /// Live, a note after a rest comes with all the time that a block has.
  @Test func aNoteAfterARestIsInTime() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 16, perPass: 1)
    let performer = simulation.add(instrument)
    for round in 0..<20 {
      simulation.run(seconds: 1 + 0.013 * Double(round))
      performer.stage.post(.noteOn, key: 57, value: 100, offset: round * 12)
      simulation.run(seconds: 0.5)
      performer.stage.post(.allNotesOff, key: 0, value: 0, offset: 0)
      performer.stage.post(.allSoundOff, key: 0, value: 0, offset: 0)
    }
    #expect(performer.counters.renderedBlocks > 300)
    #expect(performer.counters.lateBlocks == 0 && performer.counters.missingSamples == 0)
  }
}
