// The roll and the keyboard behind it: onsets inside frames, pedals, and the same numbers however events arrive.
import Score
import Testing

private func row(_ writer: inout RollWriter, _ frame: Int64, _ events: [PerformanceEvent]) -> [Float] {
  var row = [Float](repeating: -1, count: RollWriter.width)
  events.withUnsafeBufferPointer { writer.write(frame: frame, events: $0, into: &row) }
  return row
}

struct RollTests {
  @Test func anOnsetIsWrittenWithItsPlaceInTheFrame() {
    var writer = RollWriter()
    let struck = row(&writer, 10, [PerformanceEvent(sample: 3280, kind: .noteOn, key: 60, value: 127)])
    let at = 4 * (60 - 21)
    #expect(Array(struck[at..<at + 4]) == [1, 0.25, 1, 1])
    let next = row(&writer, 11, [])
    #expect(next[at] == 0 && next[at + 1] == 0 && next[at + 2] == 1)
    #expect(next[at + 3] < 1 && next[at + 3] > 0.98)
    #expect(struck.indices.filter { struck[$0] != 0 }.count == 4)
  }

  @Test func aDamperFallsWhenKeyAndPedalAreUp() {
    var writer = RollWriter()
    let ring = 4 * (60 - 21) + 3
    _ = row(
      &writer, 0,
      [
        PerformanceEvent(sample: 0, kind: .noteOn, key: 60, value: 100),
        PerformanceEvent(sample: 5, kind: .sustain, value: 127),
      ])
    let held = row(&writer, 1, [PerformanceEvent(sample: 321, kind: .noteOff, key: 60)])[ring]
    let rings = row(&writer, 2, [PerformanceEvent(sample: 641, kind: .sustain)])[ring]
    let damped = row(&writer, 3, [])[ring]
    #expect(rings > 0.97 * held)
    #expect(damped < 0.9 * rings)
  }

  @Test func sostenutoHoldsOnlyWhatWasDown() {
    var keyboard = Keyboard()
    keyboard.apply(PerformanceEvent(sample: 0, kind: .noteOn, key: 40, value: 80))
    keyboard.apply(PerformanceEvent(sample: 1, kind: .sostenuto, value: 127))
    keyboard.apply(PerformanceEvent(sample: 2, kind: .noteOn, key: 50, value: 80))
    keyboard.apply(PerformanceEvent(sample: 3, kind: .noteOff, key: 40))
    keyboard.apply(PerformanceEvent(sample: 4, kind: .noteOff, key: 50))
    #expect(keyboard.isDamperUp(40) && !keyboard.isDamperUp(50))
    keyboard.apply(PerformanceEvent(sample: 5, kind: .sostenuto, value: 0))
    #expect(!keyboard.isDamperUp(40))
  }

  @Test func halfAPedalTakesWeightFromTheDampers() {
    var keyboard = Keyboard()
    func weight(_ pedal: UInt8) -> Float {
      keyboard.apply(PerformanceEvent(sample: 0, kind: .sustain, value: pedal))
      return keyboard.damping(60)
    }
    #expect((0...32).allSatisfy { weight($0) == 1 } && (64...127).allSatisfy { weight($0) == 0 })
    #expect(weight(48) == 0.25 && (33...63).allSatisfy { weight($0) < weight($0 - 1) && weight($0) > 1 / 17 })
  }

  @Test func theLeftPedalMakesStrikesSofterAndNeverSilent() {
    var keyboard = Keyboard()
    #expect((0...127).allSatisfy { keyboard.strike($0) == $0 })
    keyboard.apply(PerformanceEvent(sample: 0, kind: .soft, value: 127))
    #expect(keyboard.strike(100) == 70 && keyboard.strike(1) == 1 && keyboard.strike(0) == 0)
    var writer = RollWriter()
    _ = row(&writer, 0, [PerformanceEvent(sample: 0, kind: .soft, value: 127)])
    let struck = row(&writer, 1, [PerformanceEvent(sample: 330, kind: .noteOn, key: 60, value: 100)])
    #expect(struck[4 * 39] == Float(70) / 127)
  }

  @Test func theHighestKeysHaveNoDampers() {
    #expect(Keyboard().isDamperUp(108) && !Keyboard().isDamperUp(60))
  }

  @Test(arguments: [UInt8(0), 20, 109, 127]) func keysThatNoPianoHasChangeNothing(_ key: UInt8) {
    var writer = RollWriter()
    let struck = row(&writer, 0, [PerformanceEvent(sample: 0, kind: .noteOn, key: key, value: 90)])
    #expect(struck.allSatisfy { $0 == 0 })
  }

  @Test func resetControllersLiftsThePedals() {
    var keyboard = Keyboard()
    keyboard.apply(PerformanceEvent(sample: 0, kind: .sustain, value: 100))
    keyboard.apply(PerformanceEvent(sample: 1, kind: .resetControllers))
    #expect(keyboard.sustain == 0 && !keyboard.isDamperUp(60))
  }
}

struct ScoreTests {
  let score = Score(
    notes: [Note(key: 60, velocity: 90, start: 1, end: 3), Note(key: 64, velocity: 80, start: 2, end: 2.5)],
    pedals: [Pedal(kind: .sustain, value: 127, time: 0.5), Pedal(kind: .sustain, value: 0, time: 4)])

  @Test func eventsAreInOrderAndReleasesComeFirst() {
    let touching = Score(notes: [
      Note(key: 60, velocity: 90, start: 0, end: 1), Note(key: 60, velocity: 80, start: 1, end: 2),
    ])
    #expect(touching.events().map(\.kind) == [.noteOn, .noteOff, .noteOn, .noteOff])
    #expect(touching.events().map(\.sample) == [0, 24000, 24000, 48000])
  }

  @Test func aPartBeginsAsItWouldSound() {
    let part = score.slice(from: 1.5, to: 2.25)
    #expect(
      part.notes == [
        Note(key: 60, velocity: 90, start: 0, end: 0.75), Note(key: 64, velocity: 80, start: 0.5, end: 0.75),
      ])
    #expect(part.pedals == [Pedal(kind: .sustain, value: 127, time: 0)])
  }

  @Test func quantisedTimesLieOnTheGrid() {
    let grid = Score(notes: [Note(key: 60, velocity: 90, start: 0.123, end: 0.124)]).quantised(to: 0.01)
    #expect(abs(grid.notes[0].start - 0.12) < 1e-9 && abs(grid.notes[0].end - 0.13) < 1e-9)
  }
}
