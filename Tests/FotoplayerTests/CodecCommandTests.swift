// CodecCommandTests: `fotoplayer codec` turns sounds into codes and latents and back, and says what it cannot do.
import Codec
import Foundation
import Media
import Tensors
import TestVoices
import Testing

@Suite struct CodecCommandTests {
  let place = try! Workplace()
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("CodecTests/Fixtures").path
  let codec = fixtures + "/encodec-live"

  /// A second of two tones, one in each ear.
  private func writeSound(rate: Int = 44100) throws {
    let writer = try AudioFileWriter(place.path + "/in.wav", sampleRate: rate, channels: 2)
    for index in 0..<rate {
      let time = Float(index) / Float(rate)
      try writer.write([sin(1300 * time), 0.5 * sin(500 * time)])
    }
    try writer.close()
  }

  private func run(_ arguments: String...) throws -> Outcome { try place.run("fotoplayer", ["codec"] + arguments) }

  @Test func `A sound becomes codes, and codes a sound of the same length`() throws {
    try writeSound()
    let encoded = try run("encode", "in.wav", "-o", "in.codes", "--codec", codec, "--bandwidth", "1.2")
    #expect(encoded.status == 0 && encoded.errors.isEmpty, "\(encoded.errors)")
    #expect(encoded.output == "in.codes: 1.00 s, 1.2 thousand bits a second, 4 codebooks\n")
    let file = try SafeTensors(path: place.path + "/in.codes")
    #expect(file.shape("codes") == [1, 4, 75] && file.metadata["samples"] == "24000")
    let decoded = try run("decode", "in.codes", "-o", "out.wav", "--codec", codec)
    #expect(decoded.status == 0 && decoded.output == "out.wav: 1.00 s\n", "\(decoded.errors)")
    let sound = try AudioFileReader(place.path + "/out.wav")
    #expect(sound.sampleRate == 24000 && sound.channels == 1 && sound.frames == 24000)
    let own = try EnCodec.open(codec)
    let codes = try EnCodecCodes(path: place.path + "/in.codes", codec: own)
    #expect(try sound.readAll() == own.decode(codes)[0])
  }

  @Test func `A sound becomes the latents of its mean over channels`() throws {
    try writeSound(rate: 24000)
    let outcome = try run("latents", "in.wav", "-o", "in.safetensors", "--codec", codec, "--quiet")
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    let file = try SafeTensors(path: place.path + "/in.safetensors")
    let read = try AudioFileReader(place.path + "/in.wav").readAll()
    let mono = (0..<24000).map { (index: Int) -> Float in (read[2 * index] + read[2 * index + 1]) / 2 }
    #expect(try file.tensor("latents").array == EnCodec.open(codec).latents(of: [mono]).array)
    #expect(file.shape("latents") == [75, 8] && file.metadata["hop"] == "320")
  }

  @Test func `A codec of chunks and two channels takes one`() throws {
    let stereo = Self.fixtures + "/encodec-stereo"
    try AudioFileWriter.write(
      (0..<1000).map { (index: Int) -> Float in 0.5 * sin(Float(index) * 0.05) }, to: place.path + "/in.flac",
      sampleRate: 24000)
    #expect(try run("encode", "in.flac", "-o", "in.codes", "--codec", stereo).status == 0)
    #expect(try run("decode", "in.codes", "-o", "out.wav", "--codec", stereo).status == 0)
    let sound = try AudioFileReader(place.path + "/out.wav")
    #expect(sound.channels == 2 && sound.frames == 1000)
    let refused = try run("latents", "in.flac", "-o", "x", "--codec", stereo)
    #expect(refused.status == 1 && refused.errors.contains("expected a codec of whole sounds, found chunks"))
  }

  @Test func `What cannot be is said, and nothing is written`() throws {
    try writeSound()
    try TestVoice.write(to: place.path + "/voice.safetensors")
    let before = place.files
    for (arguments, words) in [
      (
        ["encode", "in.wav", "-o", "x", "--codec", codec, "--bandwidth", "6"], "--bandwidth 6: expected one of 0.3, 1.2"
      ),
      (["encode", "in.wav", "-o", "x", "--codec", "none"], "none/config.json: missing"),
      (["encode", "none.wav", "-o", "x", "--codec", codec], "none.wav: expected a readable sound file"),
      (["latents", "in.wav", "-o", "x", "--codec", "voice.safetensors"], "it needs the score that was played"),
      (["decode", "in.wav", "-o", "x.wav", "--codec", codec], "in.wav"),
      (["decode", "voice.safetensors", "-o", "x.wav", "--codec", codec], "format: expected fotoplayer codes 1"),
    ] {
      let outcome = try place.run("fotoplayer", ["codec"] + arguments)
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(place.files == before)
    #expect(try run("encode", "in.wav", "-o", "in.codes", "--codec", codec).status == 0)
    let foreign = try run("decode", "in.codes", "-o", "x.wav", "--codec", Self.fixtures + "/encodec-causal")
    #expect(foreign.status == 1 && foreign.errors.contains("expected codes of the codec"))
    #expect(place.files == before.union(["in.codes"]))
  }

  @Test(arguments: [[], ["encode"], ["decode"], ["latents"]]) func `Help has an example`(command: [String]) throws {
    let outcome = try place.run("fotoplayer", ["codec"] + command + ["--help"])
    #expect(outcome.status == 0 && outcome.output.contains("Example"), "\(outcome.output)")
  }

  @Test func `A voice with an EnCodec is described and played`() throws {
    try TestVoice.write(
      to: place.path + "/voice.safetensors", codec: .encodec(try EnCodec.configuration(in: codec)))
    try place.score("song.mid", notes: 2)
    let described = try place.run("fotoplayer", ["info", "voice.safetensors"])
    #expect(described.output.contains("EnCodec; 32 channels in its widest layer"), "\(described.errors)")
    let rendered = try place.run(
      "fotoplayer", ["render", "song.mid", "-o", "song.wav", "--voice", "voice.safetensors"])
    #expect(rendered.status == 0, "\(rendered.errors)")
    let samples = try AudioFileReader(place.path + "/song.wav").readAll()
    #expect(samples.allSatisfy(\.isFinite) && samples.contains { abs($0) > 1e-4 })
  }
}
