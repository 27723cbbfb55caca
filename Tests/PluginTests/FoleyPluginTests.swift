// FoleyPluginTests: Fotoplayer Foley in a host: keys, a score and a film along with the transport, sample by sample as the
// same is made without a host; what leads it is told, stored and found again; what cannot be is said.
import Foley
import Foundation
import Hosting
import Performer
import Score
import Scratch
import Tensors
import TestVoices
import Testing
import Watching

private let foleyURI = "urn:fotoplayer:foley"
private let promptURI = foleyURI + "#prompt"
private let foleyStatusURI = foleyURI + "#status"

struct FoleyPluginTests {
  let bundle: TestBundle
  let voice: String, film: String
  /// Host samples.
  let rate = 48_000

  init() throws {
    bundle = try TestBundle(.piano, voice: nil)
    voice = bundle.folder + "/voices/foley.safetensors"
    film = bundle.folder + "/voices/film.safetensors"
    try TestVoice.writeFoley(to: voice)
    try watched(seconds: 2).write(to: film)
  }

  /// Something happens in every picture, 25 a second.
  private func watched(
    seconds: Double, viewer: String = MotionView.identity, events: [(time: Double, strength: Double)]? = nil
  ) -> SeenFilm {
    var chance = Chance(seed: 3)
    let times = (0..<Int(seconds * 25)).map { Double($0) / 25 }
    let features = (0..<times.count * MotionView.width).map { _ in Float.random(in: -1...1, using: &chance) }
    return SeenFilm(
      FilmLead(features: Tensor(Shape(times.count, MotionView.width), features), times: times, events: events),
      viewer: viewer, name: "clip.mp4")
  }

  private func host(prompt: String = "", film: String = "", bufferSize: Int = 1024) throws -> LV2Host {
    let host = try bundle.host(sampleRate: rate, bufferSize: bufferSize, plugin: foleyURI)
    host["freewheel"] = 1
    if !prompt.isEmpty { host.set(promptURI, toText: prompt) }
    if !film.isEmpty { host.set(filmURI, toPath: film) }
    host.run(0)
    return host
  }

  /// What the same voice makes without a host.
  private func alone(
    _ events: [PerformanceEvent], prompt: String = "", film: String = "", count: Int
  ) throws -> [Float] {
    let player = try FoleyPlayer.open(VoiceRequest(voice: voice, prompt: prompt, film: film))
    let performer = OfflinePerformer(instrument: player, hostRate: rate, blockFrames: 6)
    return performer.render(
      events, seconds: Double(count) / Double(rate),
      settings: PerformanceSettings(steps: 8, guidance: 2, seed: 0))
  }

  /// Where two sounds part; nil where they are the same.
  private func parting(_ a: [Float], _ b: [Float]) -> Int? {
    a.count == b.count ? a.indices.first { a[$0] != b[$0] } : min(a.count, b.count)
  }

  private func loudest(_ sound: some Sequence<Float>) -> Float { sound.reduce(0) { max($0, abs($1)) } }

  @Test(arguments: [0, 24_000])
  func aFilmIsPerformedWhereTheTransportIs(_ place: Int) throws {
    let count = 3 * rate
    let start = PerformanceEvent(sample: 0, kind: .film, place: Int64(place) / 2)
    for buffers in [[256], [1000, 0, 77]] {
      let host = try host(prompt: "footsteps", film: film)
      let latency = Int(host["latency"] ?? 0)
      let sound = host.play(count, [(0, .transport(frame: Int64(place)))], buffers: buffers)
      let wanted = try alone([start], prompt: "footsteps", film: film, count: count - latency)
      #expect(loudest(wanted) > 0.001)
      let parting = parting(Array(sound[latency...]), wanted)
      #expect(parting == nil, "\(buffers)")
    }
  }

  @Test func whatBeginsInAFilmIsPlayedAsKeysWouldPlayIt() throws {
    // 20 and 26,400 samples of the codec into a film, of which the first 0.2 s are not performed.
    let events = [(time: 0.2 + 20 / 24_000, strength: 100.0 / 127), (time: 1.3, strength: 40.0 / 127)]
    let path = bundle.folder + "/voices/eventful.safetensors"
    try watched(seconds: 2, events: events).write(to: path)
    let count = 2 * rate
    let start = PerformanceEvent(sample: 0, kind: .film, place: 4800)
    let host = try host(prompt: "footsteps", film: path)
    let latency = Int(host["latency"] ?? 0)
    let sound = Array(host.play(count, [(0, .transport(frame: 9600))], buffers: [256, 1000])[latency...])
    let alone = try alone([start], prompt: "footsteps", film: path, count: count - latency)
    let parting = parting(sound, alone)
    #expect(loudest(alone) > 0.001 && parting == nil)
    // The same by keys, where nothing is said to begin in the film.
    try watched(seconds: 2, events: []).write(to: path)
    let keys = [
      start, PerformanceEvent(sample: 20, kind: .noteOn, key: 50, value: 100),
      PerformanceEvent(sample: 26_400, kind: .noteOn, key: 70, value: 40),
    ]
    let played = try self.alone(keys, prompt: "footsteps", film: path, count: count - latency)
    let difference = self.parting(played, alone)
    #expect(difference == nil)
    // Nobody having looked for events is another thing than nothing having been found.
    let (none, unknown) = (
      try self.alone([start], prompt: "footsteps", film: path, count: count - latency),
      try self.alone([start], prompt: "footsteps", film: film, count: count - latency)
    )
    let distance = self.parting(none, unknown)
    #expect(distance != nil && self.parting(none, alone) != nil)
  }

  @Test func withoutATransportAFilmIsSilentAndKeysAreHeard() throws {
    let host = try host(prompt: "rain", film: film)
    #expect(loudest(host.play(rate, [])) == 0)
    #expect(loudest(host.play(rate, [(0, .midi([0x90, 60, 100]))])) > 0.001)
    // A key is heard for four seconds at most.
    _ = host.play(4 * rate, [])
    #expect(loudest(host.play(rate / 2, [])) == 0)
  }

  @Test func aFilmStopsWithTheTransportAndBeginsAnew() throws {
    let host = try host(film: film)
    let first = host.play(rate, [(0, .transport(frame: 0)), (rate / 2, .transport(frame: Int64(rate / 2), speed: 0))])
    _ = host.play(6 * rate, [])
    #expect(loudest(host.play(rate / 2, [])) == 0)
    let second = host.play(rate, [(0, .transport(frame: 0)), (rate / 2, .transport(frame: Int64(rate / 2), speed: 0))])
    let parting = parting(first, second)
    #expect(loudest(first) > 0.001 && parting == nil)
    // After its last picture it falls silent, though the transport rolls on.
    _ = host.play(8 * rate, [(0, .transport(frame: 0))])
    #expect(loudest(host.play(rate / 2, [])) == 0)
  }

  @Test func aFilmThatBeginsLaterIsWaitedFor() throws {
    let host = try host(film: film)
    host.set(foleyURI + "#score-start", toNumber: 1)
    let sound = host.play(3 * rate, [(0, .transport(frame: 0))])
    let latency = Int(host["latency"] ?? 0)
    #expect(loudest(sound[..<(rate + latency - 6 * 640)]) == 0)
    #expect(loudest(sound[(rate + latency)...]) > 0.001)
  }

  @Test func aScoreAndKeysAreEvents() throws {
    let score = Score(notes: [Note(key: 60, velocity: 90, start: 0.25, end: 0.5)]).written
    let path = try bundle.write(score)
    let performed = try host(prompt: "rain")
    performed.set(foleyURI + "#score", toPath: path)
    let played = try host(prompt: "rain")
    let sound = performed.play(2 * rate, [(0, .transport(frame: 0))])
    #expect(loudest(sound) > 0.001)
    let other = parting(sound, played.play(2 * rate, [(0, .transport(frame: 0))] + score.acts()))
    #expect(other == nil)
    // What is played louder is another event.
    let louder = try host(prompt: "rain")
    let loud = louder.play(2 * rate, [(0, .transport(frame: 0)), (rate / 4, .midi([0x90, 60, 127]))])
    #expect(parting(sound, loud) ?? 0 > rate / 4)
  }

  @Test func anotherPromptSoundsOtherwiseWhileTheFilmRunsOn() throws {
    let host = try host(prompt: "rain", film: film)
    let plain = try self.host(prompt: "rain", film: film)
    let before = host.play(rate / 2, [(0, .transport(frame: 0))])
    let early = parting(before, plain.play(rate / 2, [(0, .transport(frame: 0))]))
    #expect(early == nil)
    host.set(promptURI, toText: "footsteps")
    let after = host.play(rate, [])
    let late = parting(after, plain.play(rate, []))
    #expect(late != nil && loudest(after[(rate / 2)...]) > 0.001)
  }

  /// What it says of itself, once it says it.
  private func status(_ host: LV2Host, until word: String) -> String {
    for _ in 0..<200 {
      if let text = host.property(foleyStatusURI), text.contains(word) { return text }
      usleep(10_000)
    }
    return host.property(foleyStatusURI) ?? ""
  }

  @Test func whatCannotBeIsSaidAndTheOldPlaysOn() throws {
    let host = try host(prompt: "rain")
    #expect(status(host, until: "playing").hasSuffix("foley.safetensors: rain"))
    host.set(promptURI, toText: "zither music")
    host.run(256)
    #expect(status(host, until: "none of them").contains("it knows: rain, steps"))
    #expect(loudest(host.play(rate, [(0, .midi([0x90, 60, 100]))])) > 0.001)
    host.set(promptURI, toText: "rain on zithers")
    host.run(256)
    #expect(status(host, until: "never heard").contains("\"on\", \"zithers\""))
    try watched(seconds: 1, viewer: "somebody else").write(to: bundle.folder + "/voices/other.safetensors")
    for (path, words) in [
      ("/nowhere.safetensors", "/nowhere.safetensors: expected a film"), (voice, "expected a film as"),
      (bundle.folder + "/voices/other.safetensors", "found somebody else"),
    ] {
      host.set(filmURI, toPath: path)
      host.run(256)
      #expect(status(host, until: words).contains(words))
    }
    try TestVoice.write(to: bundle.folder + "/voices/a-piano.safetensors")
    host.set(foleyURI + "#voice", toPath: bundle.folder + "/voices/a-piano.safetensors")
    host.run(256)
    #expect(status(host, until: "expected a voice of Foley").contains("found a piano's"))
  }

  @Test func oddPromptsDoNoHarm() throws {
    let host = try host(prompt: "rain")
    let odd = [
      " ", "…!", "🥁", String(repeating: "rain ", count: 800), String(repeating: "rain ", count: 10_000),
      String(repeating: "x", count: 4000), "rain\u{7}\u{301}\u{FEFF}falls",
    ]
    for text in odd {
      host.set(promptURI, toText: text)
      host.run(256)
      let sound = host.play(rate / 4, [(0, .midi([0x90, 60, 100]))])
      let isFinite = sound.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(text.prefix(20))")
    }
    // Too long for any board: what was asked for before still is.
    host.set(promptURI, toText: "footsteps")
    host.run(256)
    host.set(promptURI, toText: String(repeating: "rain ", count: 10_000))
    host.run(256)
    #expect(host.property(promptURI) == "footsteps")
    host.set(promptURI, toText: "")
    host.run(256)
    #expect(status(host, until: "foley.safetensors").hasSuffix("foley.safetensors"))
    #expect(loudest(host.play(rate, [(0, .midi([0x90, 60, 100]))])) > 0.0001)
  }

  @Test func whatLeadsIsToldStoredAndRestored() throws {
    let host = try host(prompt: "rain falls", film: film)
    #expect(host.property(promptURI) == "rain falls" && host.property(filmURI) == film)
    let state = try host.saveState()
    #expect(state.contains("rain falls") && state.contains("film.safetensors"))
    let other = try bundle.host(sampleRate: rate, bufferSize: 1024, plugin: foleyURI)
    other["freewheel"] = 1
    try other.restoreState(state)
    let acts: [(sample: Int, act: Act)] = [(0, .transport(frame: 0))]
    let parting = parting(host.play(2 * rate, acts), other.play(2 * rate, acts))
    #expect(parting == nil)
    #expect(other.property(promptURI) == "rain falls" && other.property(filmURI) == film)
    #expect(try other.saveState() == state)
  }

  @Test func presetsArePrompts() throws {
    let host = try host(prompt: "footsteps", film: film)
    let presets = host.bundle.presets
    #expect(
      presets.map(\.label).sorted() == [
        "Bouncing ball", "Car", "Door", "Footsteps on gravel", "Footsteps on wood", "Hammer on metal", "Hammer on wood",
        "Rain",
      ])
    try host.apply(try #require(presets.first { $0.label == "Rain" }))
    host.run(256)
    #expect(host.property(promptURI) == "rain begins to fall" && host.property(filmURI) == film)
  }

  @Test func thePianoComesFirstAndKnowsNoPrompt() throws {
    let piano = try bundle.host()
    #expect(piano.bundle.name == "Fotoplayer Piano")
    piano.set("urn:fotoplayer:piano#prompt", toText: "rain")
    piano.run(256)
    #expect(piano.property("urn:fotoplayer:piano#prompt") == nil)
  }

  @Test func anySpeedOfTheTransportIsFollowed() throws {
    // Twice as fast, the film of two seconds is over after one.
    let host = try host(film: film)
    let sound = host.play(6 * rate, [(0, .transport(frame: 0, speed: 2))])
    #expect(loudest(sound[..<rate]) > 0.001 && loudest(sound[(5 * rate + rate / 2)...]) == 0)
    // Backwards, at a crawl, and at no number.
    for speed: Float in [-1, 0.01, .nan, .infinity] {
      _ = host.play(rate / 4, [(0, .transport(frame: 60_000, speed: speed))])
    }
    let isFinite = sound.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }
}
