// ScoreChaseTests: beginning in the middle gives what playing from the start gives.
import Score
import Testing

@Suite struct ScoreChaseTests {
  /// What playing every event before `sample` leaves held.
  private func played(_ events: [PerformanceEvent], to sample: Int64) -> Keyboard {
    var keyboard = Keyboard()
    for event in events where event.sample < sample { keyboard.apply(event) }
    return keyboard
  }

  private func written(_ state: HeldState, release: Bool = false) -> [PerformanceEvent] {
    var events = [PerformanceEvent](
      repeating: PerformanceEvent(sample: 0, kind: .noteOff), count: HeldState.capacity)
    let count = events.withUnsafeMutableBufferPointer {
      release ? state.writeRelease(at: 7, into: $0.baseAddress!) : state.write(at: 7, into: $0.baseAddress!)
    }
    return Array(events[..<count])
  }

  private func randomEvents(_ count: Int) -> [PerformanceEvent] {
    var random = Chance(seed: 11)
    var sample: Int64 = 0
    return (0..<count).map { _ in
      sample += Int64(random.next() % 40)
      let kinds: [PerformanceEvent.Kind] = [
        .noteOn, .noteOn, .noteOn, .noteOn, .noteOff, .noteOff, .noteOff, .sustain, .sostenuto, .soft,
      ]
      let kind =
        random.next() % 200 == 0
        ? [.allNotesOff, .resetControllers, .allSoundOff][Int(random.next() % 3)]
        : kinds[Int(random.next() % UInt64(kinds.count))]
      let value = UInt8(random.next() % 128)
      return PerformanceEvent(
        sample: sample, kind: kind, key: UInt8(21 + random.next() % 88), value: kind == .noteOn ? max(1, value) : value)
    }
  }

  @Test func `What is written makes a keyboard at rest be as the one that played from the start`() {
    let events = randomEvents(3000)
    let chase = ScoreChase(events)
    defer { chase.deallocate() }
    for sample in stride(from: 0, to: events.last!.sample + 50, by: 37) {
      let state = chase.held(before: chase.index(at: Double(sample)))
      var chased = Keyboard()
      let writing = written(state)
      for event in writing { chased.apply(event) }
      let expected = played(events, to: sample)
      #expect(writing.allSatisfy { $0.sample == 7 })
      #expect(chased.sustain == expected.sustain && chased.soft == expected.soft)
      #expect(chased.sostenuto == expected.sostenuto)
      for key in Keyboard.keys {
        #expect(chased.isDown(key) == expected.isDown(key), "key \(key) at \(sample)")
        // Which of the keys that are down will ring on when they come up is the same, too.
        guard expected.isDown(key) else { continue }
        let release = PerformanceEvent(sample: 0, kind: .noteOff, key: key)
        var (mine, theirs) = (chased, expected)
        mine.apply(release)
        theirs.apply(release)
        #expect(mine.isDamperUp(key) == theirs.isDamperUp(key), "key \(key) at \(sample)")
      }
      #expect(state.isAtRest == writing.isEmpty)
    }
  }

  @Test func `A caught key rings on when it comes up later, one that was struck after the pedal does not`() {
    let events = [
      PerformanceEvent(sample: 0, kind: .noteOn, key: 50, value: 90),
      PerformanceEvent(sample: 10, kind: .sostenuto, value: 127),
      PerformanceEvent(sample: 20, kind: .noteOn, key: 60, value: 80),
    ]
    let chase = ScoreChase(events)
    defer { chase.deallocate() }
    var keyboard = Keyboard()
    for event in written(chase.held(before: chase.index(at: 30))) { keyboard.apply(event) }
    for key: UInt8 in [50, 60] { keyboard.apply(PerformanceEvent(sample: 40, kind: .noteOff, key: key)) }
    #expect(keyboard.isDamperUp(50) && !keyboard.isDamperUp(60))
  }

  @Test func `What is at the moment itself is still to come`() {
    let chase = ScoreChase([PerformanceEvent(sample: 100, kind: .noteOn, key: 60, value: 80)])
    defer { chase.deallocate() }
    #expect(chase.index(at: 100) == 0 && chase.held(before: 0).velocity(60) == 0)
    #expect(chase.index(at: 101) == 1 && chase.held(before: 1).velocity(60) == 80)
  }

  @Test func `A key that comes up where one begins is not struck, one that goes down there is still to come`() {
    let chase = ScoreChase(
      Score(
        notes: [
          Note(key: 60, velocity: 90, start: 0, end: 1), Note(key: 62, velocity: 90, start: 1, end: 2),
          Note(key: 64, velocity: 90, start: 0, end: 2),
        ], pedals: [Pedal(kind: .sustain, value: 100, time: 1)]
      ).events(sampleRate: 100))
    defer { chase.deallocate() }
    let index = chase.index(beginningAt: 100)
    let held = chase.held(before: index)
    #expect(held.velocity(60) == 0 && held.velocity(62) == 0 && held.velocity(64) == 90 && held.sustain == 100)
    #expect(chase.events[index].key == 62)
    #expect(chase.index(beginningAt: 1000) == chase.count)
  }

  @Test func `What sounds is what no damper has touched since it was struck`() {
    let events = randomEvents(2000)
    let chase = ScoreChase(events)
    defer { chase.deallocate() }
    var keyboard = Keyboard()
    var struck: [UInt8: Int] = [:]
    for (index, event) in events.enumerated() {
      keyboard.apply(event)
      if event.kind == .noteOn { struck[event.key] = index }
      if event.kind == .allSoundOff { struck = [:] }
      struck = struck.filter { keyboard.isDamperUp($0.key) }
      let held = chase.held(before: index + 1)
      for key in Keyboard.keys {
        #expect((held.sounding >> UInt128(key) & 1 == 1) == (struck[key] != nil), "key \(key) after event \(index)")
        if let strike = struck[key] { #expect(held.strike(key) == strike) }
      }
    }
  }

  @Test func `Quarter notes are another clock`() {
    let events = (0..<600).map { PerformanceEvent(sample: Int64($0) * 10, kind: .noteOn, key: 60, value: 80) }
    let chase = ScoreChase(events) { Double($0.sample) / 40 }
    defer { chase.deallocate() }
    #expect(chase.index(at: 100, inQuarters: true) == 400 && chase.index(at: 100) == 10)
    #expect(chase.index(beginningAt: 100.1, inQuarters: true) == 401)
    #expect(chase.time(400, inQuarters: true) == 100 && chase.time(400) == 4000)
  }

  @Test func `Releasing brings everything to rest, and nothing more`() {
    let events = randomEvents(600)
    let chase = ScoreChase(events)
    defer { chase.deallocate() }
    for index in [0, 1, 100, 255, 256, 257, 600] {
      var state = chase.held(before: index)
      let release = written(state, release: true)
      #expect(release.isEmpty == state.isAtRest)
      for event in release { state.apply(event) }
      #expect(state.isAtRest)
    }
  }

  @Test func `A score without events holds nothing`() {
    let chase = ScoreChase([])
    defer { chase.deallocate() }
    #expect(chase.index(at: 5) == 0 && chase.held(before: 0).isAtRest)
  }
}
