// RenderTests: `fotoplayer render` makes sound files of the length, rate and bits that were asked for.
import Foundation
import Media
import Score
import TestVoices
import Testing

@Suite struct RenderTests {
  let place = try! Workplace()

  init() throws {
    try TestVoice.write(to: place.path + "/voice.safetensors")
    try place.score("song.mid", notes: 8)
  }

  @discardableResult
  func render(_ output: String, _ options: String...) throws -> Outcome {
    let outcome = try place.run(
      "fotoplayer", ["render", "song.mid", "-o", output, "--voice", "voice.safetensors"] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  func reader(_ name: String) throws -> AudioFileReader { try AudioFileReader("\(place.path)/\(name)") }

  @Test func `A score becomes stereo sound, and what was done is said`() throws {
    let outcome = try render("song.wav")
    let sound = try reader("song.wav")
    #expect(sound.sampleRate == 48000 && sound.channels == 2 && sound.frames == 5 * 48000)
    let samples = sound.readAll()
    let isSounding = samples.contains { abs($0) > 1e-4 } && samples.allSatisfy(\.isFinite)
    #expect(isSounding)
    #expect(outcome.output.hasPrefix("song.wav: 5 s of Test Piano, 8 notes, peak "))
    // No progress where no terminal is.
    #expect(outcome.errors.isEmpty)
    #expect(place.files == ["voice.safetensors", "song.mid", "song.wav"])
  }

  @Test func `The same command makes the same bytes, another seed and other steps do not`() throws {
    try render("one.wav")
    try render("two.wav")
    try render("other.wav", "--seed", "2")
    try render("finer.wav", "--steps", "8")
    let one = try place.bytes("one.wav")
    #expect(try place.bytes("two.wav") == one)
    #expect(try place.bytes("other.wav") != one)
    #expect(try place.bytes("finer.wav") != one)
  }

  @Test(arguments: ["1", "3", "24"]) func `Every size of block gives the same length`(block: String) throws {
    try render("song.flac", "--block", block, "--rate", "44100")
    let sound = try reader("song.flac")
    #expect(sound.sampleRate == 44100 && sound.frames == 5 * 44100)
  }

  @Test func `The whole score may be one block, unless it is too long for that`() throws {
    try render("whole.wav", "--block", "whole", "--rate", "24000", "--to", "1")
    try render("small.wav", "--block", "2", "--rate", "24000", "--to", "1")
    #expect(try reader("whole.wav").frames == 24000)
    #expect(try place.bytes("whole.wav") != place.bytes("small.wav"))
    try place.score("long.mid", notes: 240)
    let outcome = try place.run(
      "fotoplayer", ["render", "long.mid", "-o", "long.wav", "--voice", "voice.safetensors", "--block", "whole"])
    #expect(outcome.status == 1 && outcome.errors.contains("--block whole: expected at most 60 s, found 63"))
  }

  @Test func `A pedal that is let go at the very end is let go`() throws {
    func last(_ name: String, pedals: [Pedal]) throws -> [Float] {
      let score = Score(notes: [Note(key: 40, velocity: 110, start: 0, end: 0.5)], pedals: pedals)
      try place.write(score.midi(), to: "song.mid")
      try render(name, "--rate", "24000")
      let sound = try reader(name)
      return Array(sound.readAll().suffix(24000))
    }
    let down = Pedal(kind: .sustain, value: 127, time: 0)
    let up = Pedal(kind: .sustain, value: 0, time: 0.5)
    #expect(try last("held.wav", pedals: [down]).contains { abs($0) > 1e-4 })
    #expect(try last("free.wav", pedals: [down, up]).allSatisfy { abs($0) < 1e-4 })
  }

  @Test func `A part is as long as it was asked to be`() throws {
    try render("part.wav", "--from", "0:01", "--to", "1.5", "--quiet")
    #expect(try reader("part.wav").frames == 24000)
    try render("end.wav", "--from", "1.5")
    // Half a second of notes, and three that ring.
    #expect(try reader("end.wav").frames == 168_000)
  }

  @Test func `A score may be two hours long`() throws {
    try place.score("song.mid", notes: 28_800)
    try render("end.wav", "--from", "1:59:59", "--to", "2:00:00")
    #expect(try reader("end.wav").frames == 48_000)
  }

  @Test func `Quiet says nothing`() throws {
    let outcome = try render("song.wav", "--quiet")
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
  }

  @Test func `A score without notes is silence`() throws {
    try place.score("song.mid", notes: 0)
    try render("song.wav")
    let samples = try reader("song.wav").readAll()
    #expect(samples.count == 2 * 144_000)
  }

  @Test func `A voice that is broken is silent, and that is said`() throws {
    try TestVoice.write(to: place.path + "/voice.safetensors", bound: .nan)
    let outcome = try render("song.wav", "--quiet")
    #expect(outcome.errors.hasPrefix("Warning: voice.safetensors: expected finite samples, found "))
    let isSilent = try reader("song.wav").readAll().allSatisfy { $0 == 0 }
    #expect(isSilent)
  }

  @Test func `The voice may be named by the environment`() throws {
    let arguments = ["render", "song.mid", "-o", "song.wav", "--quiet"]
    #expect(
      try place.run("fotoplayer", arguments, environment: ["FOTOPLAYER_VOICE": "voice.safetensors"]).status == 0)
    let missing = try place.run("fotoplayer", arguments, environment: ["FOTOPLAYER_VOICE": "none.safetensors"])
    #expect(missing.status == 1 && missing.errors.contains("none.safetensors"))
  }
}
