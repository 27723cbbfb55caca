// ScoreStartTests: a score that begins elsewhere on the timeline than at its start, as a film's does that begins at 01:00:00:
// sample by sample as the same score at zero; told, stored, found again.
import CLV2
import Hosting
import Score
import Testing

struct ScoreStartTests {
  private let piece = Score.random(seed: 5, notes: 40, seconds: 2)

  private func host(rate: Int = 48_000) throws -> LV2Host {
    let bundle = try TestBundle.audible()
    let host = try bundle.host(sampleRate: rate, bufferSize: 1024)
    host.set(scoreURI, toPath: try bundle.write(piece))
    host["freewheel"] = 1
    host.run(0)
    return host
  }

  private func start(_ host: LV2Host) -> Double? {
    host.get(scoreStartURI)
    return host.run(256).compactMap { host.number(scoreStartURI, in: $0) }.last
  }

  @Test(arguments: [48_000, 44_100])
  func anHourLaterItSoundsAsAtTheStart(_ rate: Int) throws {
    let count = 3 * rate
    // From the beginning, and from the middle of it, where notes are held.
    for place in [0, rate * 7 / 10] {
      let reference = try host(rate: rate).play(count, [(0, .transport(frame: Int64(place)))])
      #expect(reference.contains { $0 > 0.3 })
      // Of 30000/1001 pictures a second an hour of time code is 3603.6 s: a whole number of samples, too.
      for seconds in [3600, 3603.6, 86_400] {
        let frame = Int64((seconds * Double(rate)).rounded()) + Int64(place)
        let acts: [(sample: Int, act: Act)] = [(0, .scoreStart(seconds)), (0, .transport(frame: frame))]
        for buffers in [[256], [1000, 0, 77]] {
          let sound = try host(rate: rate).play(count, acts, buffers: buffers)
          #expect(sound == reference, "\(seconds) s, \(place), \(buffers)")
        }
      }
    }
  }

  @Test func beforeItsStartItIsSilentAndItComesInTime() throws {
    let reference = try host().play(96_000, [(0, .transport(frame: 0))])
    let sound = try host().play(
      144_000, [(0, .scoreStart(3600)), (0, .transport(frame: 3599 * 48_000))], buffers: [640])
    #expect(Array(sound[48_000...]) == reference && sound[..<48_000].allSatisfy { $0 == 0 })
  }

  @Test func movedAsItRollsItSoundsAsItSoundsThere() throws {
    let jump: [(sample: Int, act: Act)] = [(0, .transport(frame: 0)), (24_576, .transport(frame: 48_000))]
    let move: [(sample: Int, act: Act)] = [
      (0, .scoreStart(1)), (0, .transport(frame: 48_000)), (24_576, .scoreStart(0.512)),
    ]
    #expect(try host().play(96_000, move, buffers: [512]) == host().play(96_000, jump, buffers: [512]))
  }

  @Test func barsHaveNoSeconds() throws {
    let beats = HostBeats(bar: 0, barBeat: 0, beatsPerBar: 4, beatUnit: 4, beatsPerMinute: 120)
    let acts: [(sample: Int, act: Act)] = [
      (0, .control("score_time", 1)), (0, .transport(frame: 0, beats: beats)),
    ]
    let reference = try host().play(96_000, acts)
    #expect(reference.contains { $0 > 0.3 })
    #expect(try host().play(96_000, [(0, .scoreStart(3600))] + acts) == reference)
  }

  @Test func itIsToldStoredAndRestored() throws {
    let host = try host()
    #expect(start(host) == 0)
    let none = try host.saveState()
    host.set(scoreStartURI, toNumber: 3603.6)
    let said = host.run(256) + host.run(256)
    #expect(said.contains { host.number(scoreStartURI, in: $0) == 3603.6 })
    #expect(said.contains { host.isStateChanged($0) })
    let state = try host.saveState()
    let other = try self.host()
    try other.restoreState(state)
    #expect(start(other) == 3603.6)
    #expect(try other.saveState() == state)
    try other.restoreState(none)
    #expect(start(other) == 0)
    // A state of a time before there was such a thing, and presets, leave it.
    other.set(scoreStartURI, toNumber: 12)
    #expect(other.restore([versionURI: .int(1)]) == LV2_STATE_SUCCESS && start(other) == 12)
    for preset in other.bundle.presets { try other.apply(preset) }
    #expect(start(other) == 12)
    // Any number will do, within a day; what is none changes nothing.
    #expect(other.restore([versionURI: .int(1), scoreStartURI: .int(60)]) == LV2_STATE_SUCCESS && start(other) == 60)
    #expect(other.restore([versionURI: .int(1), scoreStartURI: .float(1e9)]) == LV2_STATE_SUCCESS)
    #expect(start(other) == 86_400)
    #expect(other.restore([versionURI: .int(1), scoreStartURI: .double(-1)]) == LV2_STATE_SUCCESS && start(other) == 0)
    for value: StoredValue in [.double(.nan), .double(.infinity), .path("/x")] {
      #expect(other.restore([versionURI: .int(1), scoreStartURI: value]) != LV2_STATE_SUCCESS && start(other) == 0)
    }
    for number in [Double.nan, .infinity, -.infinity] {
      other.set(scoreStartURI, toNumber: number)
      other.run(256)
      #expect(start(other) == 0)
    }
  }
}
