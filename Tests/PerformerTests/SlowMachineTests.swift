// A machine that is too slow: what is given up, in which order, by whom, and how it comes back.
// Blocks of 2 frames sound for 26.7 ms; from when they are complete, in cycles of 256, until they are due pass 21.3 ms.
import Performer
import Score
import Synchronization
import Testing

@Suite struct SlowMachineTests {
  /// Holds a note on the performance of a number.
  private func hold(_ simulation: Simulation, _ index: Int = 0, settings: PerformanceSettings = PerformanceSettings()) {
    simulation.performers[index].stage.set(settings)
    simulation.performers[index].stage.post(.noteOn, key: 57, value: 100, offset: 0)
  }

  private func release(_ simulation: Simulation, _ index: Int = 0) {
    simulation.performers[index].stage.post(.allNotesOff, key: 0, value: 0, offset: 0)
    simulation.performers[index].stage.post(.allSoundOff, key: 0, value: 0, offset: 0)
  }

  @Test func whatIsInTimeIsPlayedAsItWasSet() {
    let simulation = Simulation()
    // 21 ms: as dear as it can be.
    let instrument = CostlyInstrument(base: 6, perPass: 3)
    let performer = simulation.add(instrument)
    hold(simulation)
    simulation.run(seconds: 10)
    #expect(instrument.changes == [PerformanceSettings(steps: 4)])
    #expect(performer.stage.economy.stage == .none)
    #expect(performer.counters.lateBlocks == 0 && performer.counters.missingSamples == 0)
  }

  @Test func stepsAreHalvedThenGuidanceIsFolded() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 1, perPass: 8)
    let performer = simulation.add(instrument)
    hold(simulation, settings: PerformanceSettings(steps: 5, guidance: 2, seed: 3))
    var stages: [PerformanceEconomy.Stage] = []
    simulation.beforeCycle = {
      if stages.last != performer.stage.economy.stage { stages.append(performer.stage.economy.stage) }
    }
    simulation.run(seconds: 10)
    let expected: [(Int32, Float)] = [(5, 2), (3, 2), (2, 2), (1, 2), (1, 1)]
    #expect(instrument.changes == expected.map { PerformanceSettings(steps: $0, guidance: $1, seed: 3) })
    #expect(stages == [.none, .fewerSteps, .oneStep])
    #expect(performer.stage.economy.steps == 1 && performer.stage.economy.foldsGuidance)
    // 17 ms: from here on it is in time.
    let late = performer.counters.lateBlocks
    simulation.run(seconds: 1)
    #expect(performer.counters.lateBlocks == late && performer.counters.busyShare < 0.85)
  }

  @Test func aMishapIsNoSlowness() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 2, perPass: 1)
    let performer = simulation.add(instrument)
    hold(simulation)
    for _ in 0..<5 {
      simulation.run(seconds: 2)
      instrument.base = 40
      let before = instrument.calls.count
      while instrument.calls.count == before { simulation.run(seconds: 0.01) }
      instrument.base = 2
    }
    #expect(performer.counters.lateBlocks >= 5)
    #expect(instrument.changes == [PerformanceSettings(steps: 4)])
  }

  @Test func blocksGrowInAPauseAndNotBefore() {
    let simulation = Simulation()
    // One step costs 24 ms, whatever the length of the block.
    let instrument = CostlyInstrument(base: 8, perPass: 8)
    let performer = simulation.add(instrument)
    let latency = performer.stage.latency
    hold(simulation)
    var latencies: Set<Int> = []
    simulation.beforeCycle = { latencies.insert(performer.stage.latency) }
    simulation.run(seconds: 5)
    #expect(performer.stage.economy.stage == .silence, "late for want of a pause")
    #expect(performer.stage.economy.extraFrames == 1 && performer.stage.isBlockSizeWaiting)
    #expect(latencies == [latency])
    #expect(instrument.calls.allSatisfy { $0.frames == 2 })
    release(simulation)
    simulation.run(seconds: 1)
    #expect(latencies == [latency])
    instrument.forgetCalls()
    performer.stage.adoptBlockSize(live: true)
    #expect(performer.stage.latency == latency + 640 + 320)
    hold(simulation)
    simulation.run(seconds: 1)
    let late = performer.counters.lateBlocks
    simulation.run(seconds: 4)
    #expect(instrument.calls.allSatisfy { $0.frames == 3 } && !instrument.calls.isEmpty)
    #expect(performer.counters.lateBlocks == late, "24 ms are few enough for 3 frames")
    #expect(performer.stage.economy.stage == .largerBlock)
    // Exports are made as the musician set them, and come when the host has been told.
    performer.stage.adoptBlockSize(live: false)
    #expect(performer.stage.latency == latency + 960)
    instrument.forgetCalls()
    hold(simulation)
    simulation.run(seconds: 1)
    #expect(instrument.calls.allSatisfy { $0.frames == 2 } && !instrument.calls.isEmpty)
    // A block that is set is a wish for its latency.
    performer.stage.set(blockFrames: 2)
    #expect(performer.stage.latency == latency)
  }

  @Test func aResetIsAPauseAndASetBlockIsNoLoss() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 8, perPass: 8)
    let performer = simulation.add(instrument)
    let latency = performer.stage.latency
    hold(simulation)
    simulation.run(seconds: 3)
    #expect(performer.stage.isBlockSizeWaiting)
    performer.stage.reset()
    #expect(performer.stage.latency == latency + 960 && !performer.stage.isBlockSizeWaiting)
    performer.stage.set(blockFrames: 3)
    hold(simulation)
    simulation.run(seconds: 3)
    #expect(performer.stage.latency == latency + 960)
    #expect(performer.stage.economy.extraFrames == 0 && performer.stage.economy.stage == .oneStep)
  }

  @Test func whatIsNoUseIsFadedSilence() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 100, perPass: 100)
    let performer = simulation.add(instrument, blockFrames: 8)
    hold(simulation, settings: PerformanceSettings(steps: 1))
    simulation.run(seconds: 8)
    #expect(performer.stage.economy.stage == .silence)
    #expect(performer.counters.missingSamples > 48_000)
    #expect(simulation.outputs[0].allSatisfy { $0.isFinite })
    let reference = perform(SineInstrument(), blockFrames: 8).drive(
      [HostEvent(position: 0, kind: .noteOn, key: 57)], total: 9600, sizes: [256])
    #expect(simulation.outputs[0].largestStep < 1.1 * reference.largestStep)
  }

  @Test func qualityComesBackAndLongerEachTimeItDidNotLast() {
    let simulation = Simulation()
    let instrument = CostlyInstrument(base: 1, perPass: 5)
    let performer = simulation.add(instrument)
    hold(simulation)
    // 26 ms, 16 ms: two steps.
    simulation.run(seconds: 2)
    #expect(instrument.changes.map(\.steps) == [4, 2])
    // There is no room for four: it does not try.
    simulation.run(seconds: 30)
    #expect(instrument.changes.map(\.steps) == [4, 2])
    var waits: [Int64] = []
    for round in 0..<3 {
      // Now there is, until it is used.
      instrument.perPass = 1.2
      let begun = simulation.now
      while performer.stage.economy.stage != .none && simulation.now < begun + 200_000_000_000 {
        simulation.run(seconds: 0.05)
      }
      if round > 0 { waits.append(simulation.now - begun) }
      instrument.perPass = 5
      simulation.run(seconds: 1)
      #expect(performer.stage.economy.steps == 2)
    }
    #expect(waits.count == 2 && waits[0] > 8_000_000_000 && waits[0] < 11_000_000_000, "\(waits)")
    #expect(waits[1] > 18_000_000_000 && waits[1] < 21_000_000_000, "\(waits)")
  }

  @Test func whoTakesMostGivesAndTheOthersAreInTime() {
    let simulation = Simulation()
    let heavy = CostlyInstrument(base: 1, perPass: 4.4)
    let light = CostlyInstrument(base: 1, perPass: 0.8)
    let heavyOne = simulation.add(heavy)
    let lightOne = simulation.add(light)
    hold(simulation, 0)
    hold(simulation, 1)
    simulation.run(seconds: 4)
    let late = lightOne.counters.lateBlocks
    simulation.run(seconds: 10)
    // 23 + 5 ms do not go; 14 + 5 do.
    #expect(heavy.changes.map(\.steps) == [4, 2])
    #expect(light.changes.map(\.steps) == [4])
    #expect(heavyOne.counters.lateBlocks > 0)
    #expect(lightOne.counters.lateBlocks == late)
  }

  @Test func silenceTakesNothing() {
    let simulation = Simulation()
    let heavy = CostlyInstrument(base: 1, perPass: 6)
    let loud = CostlyInstrument(base: 1, perPass: 6)
    simulation.add(heavy)
    simulation.add(loud)
    hold(simulation, 0)
    simulation.run(seconds: 1)
    release(simulation, 0)
    simulation.run(seconds: 1)
    #expect(simulation.performers[0].counters.busyShare == 0)
    heavy.forgetCalls()
    simulation.run(seconds: 20)
    #expect(heavy.calls.isEmpty)
  }

  /// Twenty instances of random weight come and go; what can be in time is, and all is finite.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func aCrowdIsServedInTime(seed: UInt64) {
    var random = Chance(seed: seed)
    let simulation = Simulation()
    let instruments = (0..<20).map { _ in
      CostlyInstrument(base: 0.1, perPass: Double.random(in: 0.05...0.2, using: &random))
    }
    // Together at most 20 · (0.1 + 5 · 0.2) = 22 of 26.7 ms.
    for instrument in instruments { simulation.add(instrument) }
    for _ in 0..<200 {
      let index = Int.random(in: 0..<20, using: &random)
      if Bool.random(using: &random) { hold(simulation, index) } else { release(simulation, index) }
      simulation.run(seconds: Double.random(in: 0.001...0.06, using: &random))
    }
    #expect(simulation.performers.allSatisfy { $0.counters.lateBlocks == 0 && $0.counters.missingSamples == 0 })
    #expect(instruments.allSatisfy { $0.changes.allSatisfy { $0.steps == 4 } })
    #expect(simulation.outputs.contains { $0.contains { $0.magnitude > 0.1 } })
  }

  @Test func whoWaitsGetsAllOfIt() {
    let hand = UnsafeMutablePointer<Atomic<Int64>>.allocate(capacity: 1)
    hand.initialize(to: Atomic(0))
    let instrument = CostlyInstrument(base: 1000, perPass: 1000)
    instrument.spend = { hand.pointee.add($0, ordering: .relaxed) }
    let handed = Handed(instrument: instrument)
    let performer = Performer(
      hostRate: 48_000, nominalBlock: 256, blockFrames: 2,
      pool: GeneratorPool(threads: 1, clock: PerformanceClock(hand: hand))
    ) { _ in handed.instrument }
    performer.load(voice: "test")
    let output = performer.drive([HostEvent(position: 0, kind: .noteOn, key: 57)], total: 48_000, sizes: [256])
    #expect(performer.counters.missingSamples == 0)
    #expect(performer.stage.economy.stage == .none)
    performer.close()
    #expect(instrument.changes == [PerformanceSettings(steps: 4)])
    #expect(
      output
        == perform(SineInstrument()).drive(
          [HostEvent(position: 0, kind: .noteOn, key: 57)], total: 48_000, sizes: [256]))
    hand.deallocate()
  }
}
