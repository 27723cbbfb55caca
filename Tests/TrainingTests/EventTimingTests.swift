// EventTimingTests: how far from known events sounds begin: by hand, and heard in clicks.
import Foundation
import Media
import Scratch
import Testing
import Training

struct EventTimingTests {
  @Test func theNearestBeginningCounts() {
    #expect(EventTiming.errors(events: [1, 2.5, 4], onsets: [0.5, 2, 2.75]) == [0.5, 0.25, 1.25])
    #expect(EventTiming.errors(events: [1, 2], onsets: []) == [10, 10])
    #expect(EventTiming.errors(events: [], onsets: [1]).isEmpty)
    #expect(EventTiming.median([3, 1, 2]) == 2 && EventTiming.median([4, 1, 2, 3]) == 2.5)
    #expect(EventTiming.median([]) == nil)
  }

  @Test func soundsAreHeardWhereTheyBegin() throws {
    let scratch = try Scratch()
    var sounds: [String: String] = [:]
    let events = ["a": [0.5, 1.2], "b": [0.9], "c": [], "d": [1.0]]
    for (name, times) in events {
      var samples = [Float](repeating: 0, count: 44_100)
      for time in times { for index in 0..<2000 { samples[Int(time * 22_050) + index] = index % 7 < 3 ? 0.5 : -0.5 } }
      let path = scratch.path + "/\(name).wav"
      try AudioFileWriter.write(samples, to: path, sampleRate: 22_050)
      sounds[name] = path
    }
    let rows = try EventTiming.measures(sounds, events: events, of: "made")
    #expect(rows.map(\.name) == ["onset error (ms), made", "onset error (ms), made, events exchanged"])
    let (error, chance) = (try #require(rows[0].value), try #require(rows[1].value))
    #expect(rows[0].count == 4 && error < 40 && rows[0].note.contains("100 % within 100 ms"), "\(rows)")
    #expect(chance > 90, "\(rows)")
    let none = try EventTiming.measures(sounds, events: [:], of: "made")
    #expect(none.count == 1 && none[0].value == nil && none[0].note.contains("no events"))
  }
}
