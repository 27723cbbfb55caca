// FilmTests: where a film is, as the stage says it and the generator hears it: the place comes with its sample, is kept while the
// instrument changes, and an instrument that a film leads sounds where the film does.
import Performer
import Score
import Synchronization
import Testing

/// Sounds from the film's second 1 to its second 2: 1 there, 0.5 for a key; notes every place that it is told.
private final class FilmInstrument: BlockInstrument {
  let sampleRate = 24_000, hop = 320
  let remark = "as seen"
  private var film: PerformanceEvent?
  let told = Mutex<[Int64]>([])

  func reset() { film = nil }

  func outlook(filmAt place: Int64?) -> Outlook {
    guard let place, place < 48_000 else { return .silence }
    return place < 24_000 ? .later : .sound
  }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    let start = frame * Int64(hop)
    var next = 0
    var sounds = false
    for index in 0..<frames * hop {
      var key: Float = 0
      while next < events.count, events[next].sample <= start + Int64(index) {
        if events[next].kind == .film {
          film = events[next].place == PerformanceEvent.still ? nil : events[next]
          told.withLock { $0.append(events[next].place) }
        } else if events[next].kind == .noteOn {
          key = 0.5
        }
        next += 1
      }
      let place = film.map { $0.place + start + Int64(index) - $0.sample } ?? -1
      let isShown = 24_000..<48_000 ~= place
      audio[index] = isShown ? 1 : key
      sounds = isShown
    }
    return sounds
  }
}

@Suite struct FilmTests {
  /// Runs cycles of 480 samples at 24 kHz, waiting; `act` is told the sample before each.
  private func run(
    _ instruments: [FilmInstrument], _ count: Int, act: (Performer, Int) -> Void
  ) -> [Float] {
    let handed = instruments.map { Handed(instrument: $0) }
    let performer = Performer(hostRate: 24_000, nominalBlock: 480, blockFrames: 3) { request in
      handed[request.voice == "another" ? 1 : 0].instrument
    }
    defer { performer.close() }
    performer.load(voice: "film")
    var sound: [Float] = []
    var cycle = [Float](repeating: 0, count: 480)
    while sound.count < count {
      act(performer, sound.count)
      cycle.withUnsafeMutableBufferPointer {
        performer.stage.run(left: $0.baseAddress, right: nil, count: 480, wait: true)
      }
      sound += cycle
    }
    #expect(performer.remark == "as seen")
    return Array(sound[performer.stage.latency...])
  }

  private func near(_ sound: [Float], _ value: Float, _ range: Range<Int>) -> Bool {
    sound[range].allSatisfy { abs($0 - value) < 0.02 }
  }

  @Test func itSoundsWhereTheFilmDoes() {
    let instrument = FilmInstrument()
    // Half a second into the film at sample 9600: its second 1 is 12,000 samples later.
    let sound = run([instrument], 72_000) { performer, sample in
      if sample == 9600 { #expect(performer.stage.show(place: 12_000, offset: 0)) }
    }
    #expect(near(sound, 0, 0..<21_500) && near(sound, 1, 21_800..<45_400) && near(sound, 0, 45_900..<60_000))
  }

  @Test func itStopsAndJumps() {
    let sound = run([FilmInstrument()], 96_000) { performer, sample in
      if sample == 0 { #expect(performer.stage.show(place: 24_000, offset: 0)) }
      if sample == 4800 { #expect(performer.stage.show(place: nil, offset: 100)) }
      if sample == 48_000 { #expect(performer.stage.show(place: 36_000, offset: 240)) }
    }
    #expect(near(sound, 1, 300..<4700) && near(sound, 0, 5200..<47_900))
    #expect(near(sound, 1, 48_500..<60_000) && near(sound, 0, 60_500..<90_000))
  }

  @Test func anotherInstrumentIsToldThePlace() {
    let (first, second) = (FilmInstrument(), FilmInstrument())
    let sound = run([first, second], 72_000) { performer, sample in
      if sample == 0 { #expect(performer.stage.show(place: 24_000, offset: 0)) }
      if sample == 4800 { performer.load(voice: "another") }
    }
    #expect(first.told.withLock { $0 } == [24_000])
    let told = second.told.withLock { $0 }
    // The start of a block, of 960 samples.
    #expect(told.count == 1 && told[0] > 24_000 && told[0] % 960 == 0, "\(told)")
    #expect(near(sound, 1, 12_000..<23_800) && near(sound, 0, 24_500..<60_000))
  }

  @Test func beginningAnewForgetsTheFilm() {
    var epochs: Set<UInt32> = []
    let sound = run([FilmInstrument()], 48_000) { performer, sample in
      epochs.insert(performer.stage.epoch)
      if sample == 0 { #expect(performer.stage.show(place: 24_000, offset: 0)) }
      if sample == 9600 { performer.stage.reset() }
    }
    #expect(near(sound, 1, 300..<7000) && near(sound, 0, 12_000..<40_000) && epochs.count >= 2)
  }
}
