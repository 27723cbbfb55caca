// InfoTests: `fotoplayer info` says what a voice, a score and a film hold.
import Film
import Foundation
import Pictures
import Score
import TestVoices
import Testing

@Suite struct InfoTests {
  let place = try! Workplace()

  /// The lines that it prints, by their names.
  func info(_ file: String) throws -> [String: String] {
    let outcome = try place.run("fotoplayer", ["info", file])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
    return Dictionary(
      uniqueKeysWithValues: lines.map { (String($0[0]), $0[1].trimmingCharacters(in: .whitespaces)) })
  }

  @Test func `Of a voice: its name, sizes and card`() throws {
    try TestVoice.write(to: place.path + "/voice.safetensors")
    let lines = try info("voice.safetensors")
    #expect(lines["voice"] == "Test Piano" && lines["licence"] == "none needed" && lines["latents"] == "4")
    #expect(lines["codec"] == "frame codec; 6 partials a string in 8 bands, 4 of noise")
    #expect(lines["encoder"] == "none: the voice cannot be trained further")
    #expect(lines["clock"] == "24000 Hz, 320 samples a frame")
  }

  @Test func `Of a score: its length, notes, ranges and pedals`() throws {
    let score = Score(
      notes: [
        Note(key: 5, velocity: 30, start: 0, end: 1), Note(key: 60, velocity: 100, start: 1, end: 2.5),
      ],
      pedals: [Pedal(kind: .sustain, value: 127, time: 0), Pedal(kind: .soft, value: 1, time: 1)])
    try place.write(score.midi(), to: "song.mid")
    let lines = try info("song.mid")
    #expect(lines["length"] == "2.5 s" && lines["notes"] == "2" && lines["velocities"] == "30…100")
    #expect(lines["keys"] == "5…60, 1 notes lie outside the piano and will not sound")
    #expect(lines["pedal moves"] == "2 (1 of the sustain pedal)")
  }

  @Test func `Of two hours of notes`() throws {
    try place.score("long.mid", notes: 28_800)
    #expect(try info("long.mid")["length"] == "7200.0 s")
  }

  @Test func `Of a film: its length, size, frame rate and streams`() throws {
    let writer = try FilmWriter(
      place.path + "/clip.mp4", width: 64, height: 48, frameRate: FrameRate(30000, per: 1001), codec: .mpeg4,
      rotation: 90)
    for shade in 0..<30 {
      try writer.write(Picture(width: 64, height: 48, colours: .grey, shade: UInt8(shade * 8)))
    }
    try writer.close()
    let lines = try info("clip.mp4")
    #expect(lines["film"] == "clip.mp4" && lines["length"] == "1.00 s" && lines["own sound"] == "none")
    #expect(lines["size"] == "48 × 64 as shown, turned 90° clockwise")
    #expect(lines["frame rate"] == "29.97 (30000/1001) pictures a second")
    #expect(lines["stream 0"] == "pictures, mpeg4, 64 × 48, yuv420p, from 0.000 s, for 1.001 s")
  }
}
