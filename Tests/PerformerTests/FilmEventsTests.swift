// FilmEventsTests: what begins in a film is told once, whatever small steps the film is moved by, and anew where it begins anew.
import Performer
import Testing

@Suite struct FilmEventsTests {
  /// A thousand samples a second; an event a tenth of a second.
  private func events() -> FilmEvents {
    var list: [(time: Double, strength: Double)] = []
    for index in 0..<50 { list.insert((0.1 * Double(index) + 0.05, Double(index + 1) / 50), at: 0) }
    return FilmEvents(list, sampleRate: 1000)
  }

  @Test func `Each event is told once, in the frame that it falls into`() {
    var events = events()
    let told = (0..<100).map { events.strongest(in: Int64($0) * 50..<Int64($0) * 50 + 50) }
    for frame in 0..<100 { #expect(told[frame] == (frame % 2 == 1 ? Float(frame / 2 + 1) / 50 : 0)) }
    // The strongest of several.
    events.forget()
    #expect(events.strongest(in: 0..<500) == 0.1)
  }

  @Test(arguments: [Int64(-20), -7, 7, 20])
  func aFilmThatRunsFasterOrSlowerLosesNothing(_ jump: Int64) {
    var events = events()
    var told: [Float] = []
    var place: Int64 = 0
    for frame in 0..<200 where place < 4900 {
      // Told to be elsewhere every third frame, as the plugin does where the transport has another speed.
      if frame % 3 == 2 { place += jump }
      let strength = events.strongest(in: place..<place + 50)
      if strength > 0 { told.append(strength) }
      place += 50
    }
    let expected = told.indices.map { Float($0 + 1) / 50 }
    #expect(told == expected && told.count > 40)
  }

  @Test func `After a jump nothing is made up for, and after a stop everything is told again`() {
    var events = events()
    #expect(events.strongest(in: 0..<100) == 0.02)
    #expect(events.strongest(in: 4000..<4040) == 0)
    #expect(events.strongest(in: 4040..<4080) == 0.82)
    #expect(events.strongest(in: 0..<100) == 0.02)
    #expect(events.strongest(in: 0..<100) == 0)
    events.forget()
    #expect(events.strongest(in: 0..<100) == 0.02)
  }

  @Test func `What is no event is left out`() {
    var events = FilmEvents(
      [(-1, 1), (.nan, 1), (.infinity, 1), (0.2, 0), (0.3, -1), (0.4, .nan), (0.5, 7)], sampleRate: 1000)
    #expect(events.strongest(in: -2000..<500) == 0)
    #expect(events.strongest(in: 500..<501) == 1)
  }
}
