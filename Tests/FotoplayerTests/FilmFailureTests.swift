// FilmFailureTests: films that cannot be read or given sound: what is wrong is said, and nothing is left behind.
import Foundation
import Score
import SmallFilms
import TestVoices
import Testing

@Suite struct FilmFailureTests {
  let place = try! Workplace()
  let keyboard: String

  init() throws {
    try SmallPredictor.write(to: place.path + "/roll.safetensors")
    try TestVoice.write(to: place.path + "/voice.safetensors")
    keyboard = "\(try #require(DrawnClip(place.path + "/clip.mp4", seconds: 0.6).place))"
    try place.filmsOfNothing()
  }

  func expectFailure(_ arguments: [String], _ status: Int32 = 1, says words: String...) throws {
    let before = place.files
    let outcome = try place.run("fotoplayer", arguments, environment: ["FOTOPLAYER_ROLL": "roll.safetensors"])
    #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
    #expect(outcome.output.isEmpty && place.files == before)
  }

  func roll(_ clip: String, _ options: String...) -> [String] { ["roll", clip, "-o", "a.mid"] + options }
  func perform(_ clip: String, _ options: String...) -> [String] {
    ["perform", clip, "-o", "a.mp4", "--voice", "voice.safetensors"] + options
  }

  @Test func `What is no film`() throws {
    for command in [roll, perform] as [(String, String...) -> [String]] {
      for name in ["none.mp4", "text.mp4", "empty.mp4"] {
        try expectFailure(command(name), says: "\(name): expected a film, found ")
      }
      try expectFailure(command("sound.wav"), says: "sound.wav: expected a film, found sound only")
    }
  }

  @Test func `No piano, in a film held upright`() throws {
    try expectFailure(roll("wall.mp4"), says: "wall.mp4: expected the keys of a piano", "--keyboard \"x,y")
    try expectFailure(perform("wall.mp4"), says: "wall.mp4: expected the keys of a piano", "--keyboard \"x,y")
  }

  @Test func `A part without pictures`() throws {
    let far = ["--keyboard", keyboard, "--from", "1:00"]
    try expectFailure(roll("clip.mp4") + far, says: "clip.mp4: --from 60.0 s lies behind its end at 0.60 s")
    try expectFailure(perform("clip.mp4") + far, says: "clip.mp4: --from 60.0 s lies behind its end at 0.6")
    try expectFailure(roll("clip.mp4", "--from", "2", "--to", "1"), 64, says: "--to lies before --from")
  }

  @Test func `Views that are none, or are not there`() throws {
    try expectFailure(roll("clip.mp4", "--views", "above=x.mp4"), 64, says: "above=x.mp4")
    try expectFailure(roll("clip.mp4", "--views", "left="), 64, says: "left=")
    try expectFailure(
      roll("clip.mp4", "--keyboard", keyboard, "--views", "pedal=none.mp4"), says: "none.mp4: expected a film, found ")
    try expectFailure(
      roll("clip.mp4", "--keyboard", keyboard, "--keyboard", "left=" + keyboard), says: "found no film of the view left"
    )
    try expectFailure(roll("pedal=clip.mp4"), says: "found pedal only")
    try expectFailure(
      roll("clip.mp4", "--keyboard", keyboard, "--views", "top=wall.mp4"),
      says: "expected one film of the view top, found another")
  }

  @Test func `Places that are none`() throws {
    for text in ["", "1,2 3,4", "10,10 20,10 10,20 20,20", "left=5", "a,b c,d e,f g,h", keyboard + " keys 22-30"] {
      try expectFailure(roll("clip.mp4", "--keyboard", text), 64, says: "--keyboard \(text): expected ")
    }
  }

  @Test func `A predictor that is none`() throws {
    try expectFailure(
      roll("clip.mp4", "--predictor", "voice.safetensors"), says: "voice.safetensors: expected a roll predictor")
    try expectFailure(
      roll("clip.mp4", "--predictor", "none.safetensors"), says: "none.safetensors: expected a roll predictor")
    try expectFailure(
      ["render", "clip.mp4", "-o", "a.wav", "--voice", "roll.safetensors"], says: "clip.mp4: ")
  }

  @Test func `Places where nothing can be written, and containers that do not take the film`() throws {
    try expectFailure(
      ["roll", "clip.mp4", "-o", "none/a.mid", "--keyboard", keyboard],
      says: "none/a.mid: expected to write there, found No such")
    try expectFailure(
      ["perform", "clip.mp4", "-o", "none/a.mp4", "--voice", "voice.safetensors", "--keyboard", keyboard],
      says: "none/a.mp4: expected ")
    try expectFailure(
      ["perform", "clip.mp4", "-o", "a.webm", "--voice", "voice.safetensors", "--keyboard", keyboard],
      says: "a.webm: expected a container that takes h264")
    try expectFailure(
      ["perform", "clip.mp4", "-o", "a.mp4", "--score", "a.mid", "--midi", "b.mid"], 64, says: "the film is not read")
  }

  @Test func `A film is not read for a JACK server that is not there`() throws {
    let outcome = try place.run(
      "fotoplayer", ["play", "clip.mp4", "--keyboard", keyboard],
      environment: ["JACK_DEFAULT_SERVER": "none-\(getpid())", "JACK_NO_START_SERVER": "1"])
    #expect(outcome.status == 1 && outcome.errors.contains("JACK"), "\(outcome.errors)")
    try place.score("song.mid", notes: 2)
    try expectFailure(["play", "song.mid", "--keyboard", keyboard], says: "song.mid: expected a film")
  }
}
