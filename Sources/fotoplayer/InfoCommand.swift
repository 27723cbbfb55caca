// `info`: what a voice or a score holds.
import ArgumentParser
import Codec
import Foundation
import Performer
import Score

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what a voice or a MIDI file holds.",
    discussion: """
      Examples:
        fotoplayer info presets/piano.safetensors
        fotoplayer info presets/demo/demo.mid
      """)

  @Argument(help: "A .safetensors voice or a .mid score.") var file: String

  func run() throws {
    for (name, value) in try Files.isScore(file) ? try describe(try Files.score(file)) : try describe(Voice(path: file))
    {
      print((name + ":").padding(toLength: 16, withPad: " ", startingAt: 0) + value)
    }
  }

  private func describe(_ score: Score) throws -> [(String, String)] {
    let keys = score.notes.map(\.key)
    let velocities = score.notes.map(\.velocity)
    func range(_ values: [UInt8]) -> String { values.isEmpty ? "none" : "\(values.min()!)…\(values.max()!)" }
    let outside = keys.filter { !Keyboard.keys.contains($0) }.count
    return [
      ("score", file), ("length", String(format: "%.1f s", score.duration)), ("notes", "\(score.notes.count)"),
      ("keys", range(keys) + (outside > 0 ? ", \(outside) notes lie outside the piano and will not sound" : "")),
      ("velocities", range(velocities)),
      (
        "pedal moves",
        "\(score.pedals.count) (\(score.pedals.filter { $0.kind == .sustain }.count) of the sustain pedal)"
      ),
    ]
  }

  private func describe(_ voice: Voice) throws -> [(String, String)] {
    let codec = voice.codec
    let generator = voice.generator
    return [
      ("voice", voice.name), ("parameters", "\(voice.parameterCount)"),
      ("clock", "\(codec.sampleRate) Hz, \(codec.hop) samples a frame"), ("codec", describe(codec)),
      ("latents", "\(codec.latentWidth)"),
      (
        "generator",
        "\(generator.depth) layers, \(generator.audioWidth) + \(generator.rollWidth) wide, \(generator.window) frames of past"
      ),
      ("encoder", (voice.hasEncoder ? "kept: the voice can" : "none: the voice cannot") + " be trained further"),
    ] + voice.card.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func describe(_ codec: LatentCodec) -> String {
    switch codec {
    case .frame(let c):
      "frame codec; \(c.source.partials) partials a string in \(c.source.harmonicBands) bands, \(c.source.noiseBands) of noise"
    case .encodec(let c): "EnCodec; \(c.filters << c.ratios.count) channels in its widest layer"
    }
  }
}
