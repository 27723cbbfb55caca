// TempoMapTests: bars, beats and ticks as a musician counts them.
import Score
import Testing

@Suite struct TempoMapTests {
  /// A file of 480 ticks a quarter with these meta events, each after so many ticks.
  private func file(_ events: [(after: Int, meta: [UInt8])], division: [UInt8] = [1, 0xE0]) -> [UInt8] {
    var track: [UInt8] = []
    for event in events {
      track += [UInt8(event.after >> 14 & 127 | 128), UInt8(event.after >> 7 & 127 | 128), UInt8(event.after & 127)]
      track += [0xFF] + event.meta
    }
    track += [0, 0xFF, 0x2F, 0]
    return Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1] + division + Array("MTrk".utf8)
      + [0, 0, 0, UInt8(track.count)] + track
  }
  /// Microseconds a quarter.
  private func tempo(_ value: Int) -> [UInt8] {
    [0x51, 3, UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }

  @Test func `Where nothing is said there are 120 quarters a minute in bars of four`() throws {
    for map in [TempoMap(), try TempoMap(midi: file([])), try TempoMap(midi: Score().midi())] {
      let place = map.place(at: 3.25)
      #expect(place.bar == 2 && place.beat == 3 && abs(place.tick - 960) < 1e-3)
      #expect(place.beatsPerMinute == 120 && place.beatsPerBar == 4 && place.beatType == 4)
      #expect(place.barStart == 4 * 1920)
    }
  }

  @Test func `Tempi and meters change what is counted`() throws {
    // Two bars of 3/4 at 60, then 6/8 at 120 quarters a minute.
    let map = try TempoMap(
      midi: file([
        (0, [0x58, 4, 3, 2, 24, 8]), (0, tempo(1_000_000)), (6 * 480, tempo(500_000)), (0, [0x58, 4, 6, 3, 24, 8]),
      ]))
    #expect(map.segments.count == 2)
    let waltz = map.place(at: 4)
    #expect(waltz.bar == 2 && waltz.beat == 2 && waltz.tick < 1e-3 && waltz.beatsPerMinute == 60)
    // Two seconds further: four quarters are eight eighths.
    let jig = map.place(at: 8)
    #expect(jig.bar == 4 && jig.beat == 3 && jig.beatsPerMinute == 240 && jig.beatType == 8)
    #expect(jig.barStart == (6 + 6) * 1920)
  }

  @Test func `A meter that begins within a bar begins a bar`() throws {
    let map = try TempoMap(midi: file([(5 * 480, [0x58, 4, 3, 2, 24, 8])]))
    #expect(map.place(at: 2.25).bar == 2)
    let place = map.place(at: 2.5)
    #expect(place.bar == 3 && place.beat == 1 && place.beatsPerBar == 3)
  }

  @Test func `Every beat of two hours is where it should be`() throws {
    let map = try TempoMap(midi: file([(0, tempo(333_333))]))
    for beat in stride(from: 0, to: 21_000, by: 7) {
      let place = map.place(at: Double(beat) * 0.333333)
      #expect(place.bar == beat / 4 + 1 && place.beat == beat % 4 + 1 && place.tick < 1)
    }
  }

  @Test func `Frames of a film are no meter, and nonsense is none either`() throws {
    #expect(try TempoMap(midi: file([(0, tempo(250_000))], division: [0xE7, 40])) == TempoMap())
    #expect(try TempoMap(midi: file([(0, [0x58, 4, 0, 2, 24, 8]), (0, [0x58, 4, 4, 99, 24, 8])])) == TempoMap())
  }
}
