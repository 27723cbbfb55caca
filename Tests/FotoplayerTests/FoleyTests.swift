// FoleyTests: `fotoplayer foley` makes sounds of prompts, films and events, the same every time, and says what it cannot do.
import Film
import Foley
import Foundation
import Media
import Pictures
import Score
import Tensors
import TestVoices
import Testing
import Watching

@Suite struct FoleyTests {
  let place = try! Workplace()

  init() throws {
    try TestVoice.writeFoley(to: place.path + "/foley.safetensors")
    try place.filmsOfNothing()
    let film = try FilmWriter(place.path + "/clip.mp4", width: 96, height: 72, frameRate: 25)
    for index in 0..<25 {
      var picture = Picture(width: 96, height: 72, colours: .grey, shade: 40)
      for y in 20..<40 { for x in 2 * index..<2 * index + 20 { picture[x, y] = 220 } }
      try film.write(picture)
    }
    try film.close()
  }

  func foley(_ arguments: String...) throws -> Outcome {
    try place.run("fotoplayer", ["foley"] + arguments, environment: ["FOTOPLAYER_FOLEY": "foley.safetensors"])
  }

  func samples(_ name: String) throws -> [Float] { try AudioFileReader("\(place.path)/\(name)").readAll() }

  /// The largest sample of some seconds, of two channels at 24 kHz.
  func loudest(_ samples: [Float], _ seconds: Range<Double>) -> Float {
    let range = Int(seconds.lowerBound * 24000) * 2..<Int(seconds.upperBound * 24000) * 2
    return samples[range].map(abs).max()!
  }

  @Test func `A prompt sounds for as long as it is asked to, the same every time`() throws {
    func made(_ name: String, _ options: String...) throws -> [Float] {
      let outcome = try place.run(
        "fotoplayer",
        ["foley", "--prompt", "rain falls", "--seconds", "1", "-o", name, "--voice", "foley.safetensors", "--rate"]
          + ["24000", "--steps", "2"] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try samples(name)
    }
    let first = try made("a.wav")
    #expect(first.count == 48000 && first.contains { $0 != 0 } && first.allSatisfy { $0.isFinite })
    #expect(try made("b.wav") == first)
    #expect(try made("c.wav", "--seed", "2") != first)
    #expect(try made("d.wav", "--guidance", "1") != first)
    #expect(try made("e.wav", "--prompt", "footsteps") != first)
  }

  @Test func `A film gets its sound, and sounds by itself`() throws {
    let outcome = try foley("clip.mp4", "--prompt", "footsteps", "-o", "sounding.mp4", "--json", "--steps", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"pictures\" : 25"))
    let film = try FilmInformation(place.path + "/sounding.mp4")
    #expect(film.hasSound && film.streams.count == 2)
    for (name, options) in [("alone.wav", []), ("told.wav", ["--prompt", "rain"])] {
      let outcome = try place.run(
        "fotoplayer",
        ["foley", "clip.mp4", "-o", name, "--rate", "24000", "--steps", "2", "--to", "0.5", "--quiet"] + options,
        environment: ["FOTOPLAYER_FOLEY": "foley.safetensors"])
      #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
      #expect(try samples(name).count == 24000)
    }
    #expect(try samples("alone.wav") != samples("told.wav"))
  }

  @Test func `Events say when, and before the first there is silence`() throws {
    try place.write(Score(notes: [Note(key: 60, velocity: 110, start: 0.6, end: 0.7)]).midi(), to: "one.mid")
    let outcome = try foley(
      "--prompt", "footsteps", "--events", "one.mid", "--seconds", "1", "-o", "one.wav", "--rate", "24000", "--steps",
      "2")
    #expect(outcome.status == 0 && outcome.output.contains("1 events"), "\(outcome.errors)")
    let sound = try samples("one.wav")
    // The block of the event begins up to 0.32 s before.
    #expect(loudest(sound, 0..<0.27) == 0 && loudest(sound, 0.6..<1) > 0)
  }

  @Test func `Words that were never heard are said`() throws {
    let some = try foley("--prompt", "rain on zithers", "--seconds", "0.2", "-o", "a.wav", "--steps", "1")
    #expect(some.status == 0 && some.errors.contains("never heard \"on\", \"zithers\"; it knows: rain, steps"))
    let near = try foley("--prompt", "footstep", "--seconds", "0.2", "-o", "b.wav", "--steps", "1")
    #expect(near.status == 0 && near.errors.isEmpty, "\(near.errors)")
  }

  @Test func `What cannot be done is said, and nothing is left behind`() throws {
    try TestVoice.write(to: place.path + "/piano.safetensors")
    try TestVoice.writeFoley(to: place.path + "/reader.safetensors", films: false, events: false)
    try place.write(Score(notes: [Note(key: 60, velocity: 110, start: 0, end: 1)]).midi(), to: "one.mid")
    let before = place.files
    func expectFailure(_ arguments: [String], _ status: Int32, _ words: String) throws {
      let outcome = try place.run(
        "fotoplayer", arguments, environment: ["FOTOPLAYER_FOLEY": "foley.safetensors"])
      #expect(outcome.status == status && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      #expect(outcome.output.isEmpty && place.files == before)
    }
    func sound(_ options: String...) -> [String] { ["foley", "-o", "a.wav"] + options }
    try expectFailure(sound(), 64, "expected a film, or --prompt")
    try expectFailure(sound("--prompt", ""), 64, "--prompt: expected words, found none")
    try expectFailure(sound("--prompt", " …! "), 64, "--prompt: expected words")
    try expectFailure(sound("--prompt", "rain", "--seconds", "0"), 64, "--seconds 0.0")
    try expectFailure(sound("--prompt", "rain", "--from", "1"), 64, "expected with a film")
    try expectFailure(["foley", "--prompt", "rain", "-o", "a.mp4"], 64, "expected .wav or .flac")
    try expectFailure(sound("--prompt", "zither music"), 1, "found none of them; it knows: rain, steps")
    try expectFailure(sound("--prompt", "rain", "--voice", "piano.safetensors"), 1, "expected a voice of Foley")
    try expectFailure(sound("sound.wav"), 1, "sound.wav: expected a film, found sound")
    try expectFailure(sound("text.mp4"), 1, "text.mp4: expected")
    try expectFailure(sound("none.mp4"), 1, "none.mp4: expected")
    try expectFailure(sound("clip.mp4", "--from", "9"), 1, "lies behind its end")
    try expectFailure(sound("clip.mp4", "--voice", "reader.safetensors"), 1, "one that reads prompts alone")
    try expectFailure(
      sound("--prompt", "rain", "--events", "one.mid", "--voice", "reader.safetensors"), 1, "learned no events")
    try expectFailure(
      ["render", "one.mid", "-o", "a.wav", "--voice", "foley.safetensors"], 1, "expected a piano's voice")
  }

  @Test func `A film is watched once, and what was seen is kept`() throws {
    let outcome = try place.run("fotoplayer", ["watch", "clip.mp4", "-o", "seen.safetensors"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output == "seen.safetensors: 25 pictures of clip.mp4, the last at 0.96 s, events not looked for\n")
    let seen = try SeenFilm(path: place.path + "/seen.safetensors")
    let same = try FilmFeatures.motion(place.path + "/clip.mp4")
    #expect(seen.lead.times.count == 25 && zip(seen.lead.times, same.times).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(seen.lead.features.array == same.features.array && seen.viewer == MotionView.identity)
    #expect(seen.lead.events == nil)
    try TestVoice.writeFoley(to: place.path + "/reader.safetensors", films: false, events: false)
    let before = place.files
    for (arguments, status, words) in [
      (["clip.mp4", "-o", "a.mid", "--voice", "reader.safetensors"], Int32(1), "one that reads prompts alone"),
      (["clip.mp4", "-o", "seen.mp4"], 64, "expected .safetensors or .mid"),
      (["clip.mp4", "-o", "a.mid", "--events", "one.mid"], 64, "--events: expected with -o FILE.safetensors"),
      (["clip.mp4", "-o", "a.mid", "--voice", "foley.safetensors"], 1, "found one that does not"),
      (["clip.mp4", "-o", "a.safetensors", "--voice", "none.safetensors"], 1, "none.safetensors"),
      (["clip.mp4", "-o", "a.safetensors", "--events", "none.mid"], 1, "none.mid: expected a MIDI file"),
      (["sound.wav", "-o", "a.safetensors"], 1, "sound.wav: expected a film, found sound"),
      (["none.mp4", "-o", "a.safetensors"], 1, "none.mp4: expected"),
      (["text.mp4", "-o", "a.safetensors"], 1, "text.mp4: expected"),
      (["clip.mp4", "-o", "nowhere/a.safetensors"], 1, "nowhere/a.safetensors"),
    ] {
      let outcome = try place.run("fotoplayer", ["watch"] + arguments)
      #expect(outcome.status == status && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
    #expect(place.files == before)
  }

  @Test func `What begins in a film is found, can be read and corrected, and leads`() throws {
    try TestVoice.writeFoley(to: place.path + "/foley.safetensors", finds: true)
    func watch(_ options: String...) throws {
      let outcome = try place.run(
        "fotoplayer", ["watch", "clip.mp4", "--quiet"] + options, environment: ["FOTOPLAYER_FOLEY": "foley.safetensors"]
      )
      #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    }
    try watch("-o", "found.mid")
    try watch("-o", "found.safetensors")
    let notes = try Score(midi: [UInt8](Data(contentsOf: URL(fileURLWithPath: place.path + "/found.mid")))).notes
    let found = try #require(try SeenFilm(path: place.path + "/found.safetensors").lead.events)
    try #require(notes.count > 1 && notes.count == found.count)
    for (note, event) in zip(notes, found) {
      #expect(abs(note.start - event.time) < 1e-3 && abs(Double(note.velocity) / 127 - event.strength) < 0.005)
    }
    func made(_ name: String, _ options: String...) throws -> [Float] {
      let outcome = try place.run(
        "fotoplayer", ["foley", "clip.mp4", "-o", name, "--rate", "24000", "--steps", "2"] + options,
        environment: ["FOTOPLAYER_FOLEY": "foley.safetensors"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      if options.isEmpty { #expect(outcome.output.contains("\(found.count) events"), "\(outcome.output)") }
      return try samples(name)
    }
    let (led, alone) = (try made("led.wav"), try made("alone.wav", "--pictures-alone"))
    #expect(led != alone && led.count == alone.count)
    // What was found, said by a MIDI file: its strengths are a 127th of full strength at most.
    let told = try made("told.wav", "--events", "found.mid")
    let off = zip(led, told).map { abs($0 - $1) }.max()!
    #expect(off < 0.05 * led.map(abs).max()! && told != alone, "\(off)")
    // Corrected: one event alone.
    try place.write(Score(notes: [Note(key: 60, velocity: 127, start: 0.5, end: 0.6)]).midi(), to: "one.mid")
    try watch("-o", "one.safetensors", "--events", "one.mid")
    let one = try #require(try SeenFilm(path: place.path + "/one.safetensors").lead.events)
    #expect(one.count == 1 && abs(one[0].time - 0.5) < 1e-9 && one[0].strength == 1)
  }

  @Test func `What is no watched film is refused, with what it is`() throws {
    func expectRefusal(_ words: String, _ tensors: [(name: String, tensor: Tensor)], watched: Bool = true) throws {
      let path = place.path + "/odd.safetensors"
      try SafeTensors.write(tensors, metadata: watched ? ["watched": "me"] : [:], to: path)
      let error = try #require(throws: FoleyError.self) { try SeenFilm(path: path) }
      #expect("\(error)".contains(words), "\(error)")
    }
    let features = ("features", Tensor(zeros: Shape(2, 3)))
    func times(_ numbers: [Float]) -> (String, Tensor) { ("times", Tensor(Shape(numbers.count / 2, 2), numbers)) }
    try expectRefusal("another safetensors file", [features, times([0, 0, 1, 0])], watched: false)
    try expectRefusal("times", [features])
    try expectRefusal("at times", [features, times([0, 0])])
    try expectRefusal("at times", [("features", Tensor(zeros: Shape(0, 3))), ("times", Tensor(zeros: Shape(0, 2)))])
    try expectRefusal("do not rise", [features, times([1, 0, 1, 0])])
    try expectRefusal("do not rise", [features, times([0, 0, .nan, 0])])
    try expectRefusal("no numbers", [("features", Tensor(Shape(2, 1), [0, .infinity])), times([0, 0, 1, 0])])
    func events(_ rows: [Float], width: Int = 3) -> (String, Tensor) {
      ("events", Tensor(Shape(rows.count / width, width), rows))
    }
    try expectRefusal("events", [features, times([0, 0, 1, 0]), events([0, 0], width: 2)])
    try expectRefusal("events at no time", [features, times([0, 0, 1, 0]), events([.nan, 0, 1])])
    try expectRefusal("within 0…1", [features, times([0, 0, 1, 0]), events([0, 0, 2])])
    try SafeTensors.write(
      [features, times([0, 0, 1, 0]), events([])], metadata: ["watched": "me"], to: place.path + "/odd.safetensors")
    #expect(try SeenFilm(path: place.path + "/odd.safetensors").lead.events?.isEmpty == true)
  }

  @Test func `A voice tells what it knows`() throws {
    let outcome = try place.run("fotoplayer", ["info", "foley.safetensors"])
    #expect(outcome.output.contains("rain, steps") && outcome.output.contains("6 bands of noise"))
    #expect(outcome.output.contains("3 words were heard"))
    #expect(outcome.output.contains("not found in films: pictures alone lead"))
    try TestVoice.writeFoley(to: place.path + "/finds.safetensors", finds: true)
    #expect(try place.run("fotoplayer", ["info", "finds.safetensors"]).output.contains("found in films first"))
  }
}
