// `info`: what a voice, a score or a film holds.
import ArgumentParser
import Codec
import Conditioning
import Film
import Foundation
import Performer
import Score

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what a voice, a MIDI file, a film, a sound file or a downloaded encoder holds.",
    discussion: """
      Examples:
        fotoplayer info presets/piano.safetensors
        fotoplayer info presets/demo/demo.mid
        fotoplayer info clip.mp4
        fotoplayer info flan-t5-base
      """)

  @Argument(
    help:
      "A .safetensors voice, a .mid score, a film or sound in any container and codec, or the folder of a T5 or a CLIP."
  ) var file: String

  func run() throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
      return show(try describeEncoder())
    }
    let lines =
      switch try Files.kind(file) {
      case .score: try describe(Files.score(file))
      case .voice: try describe(Voice(path: file))
      case .other: try describeFilm()
      }
    show(lines)
  }

  private func show(_ lines: [(String, String)]) {
    for (name, value) in lines { print((name + ":").padding(toLength: 16, withPad: " ", startingAt: 0) + value) }
  }

  private func describeEncoder() throws -> [(String, String)] {
    switch Snapshot.kind(of: file)?.types.first {
    case "t5":
      let c = try T5Snapshot(file).configuration
      let pieces = FileManager.default.fileExists(atPath: file + "/spiece.model")
      return [
        ("encoder", "a T5, for captions"), ("features", "\(c.width) wide, one a token"),
        ("network", "\(c.layers) layers of \(c.heads) heads, \(c.hidden) wide inside"),
        ("tokens", "\(c.vocabulary)" + (pieces ? "" : "; spiece.model is missing, without which no caption is read")),
      ]
    case "clip":
      let model = try CLIPSnapshot(file)
      let c = model.configuration
      return [
        ("encoder", "a CLIP, for pictures"),
        (
          "features", model.isProjected ? "\(c.projection) wide, or \(c.width) pooled" : "\(c.width) wide, pooled alone"
        ),
        ("network", "\(c.layers) layers of \(c.heads) heads, \(c.hidden) wide inside"),
        ("pictures", "\(c.imageSize) × \(c.imageSize) points in patches of \(c.patch) × \(c.patch)"),
      ]
    default:
      throw Failure(
        "\(file): expected a file, or the folder of a T5 or a CLIP with its config.json, found another folder")
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
    ] + describe(voice.foley) + [
      ("encoder", (voice.hasEncoder ? "kept: the voice can" : "none: the voice cannot") + " be trained further")
    ] + voice.card.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func describe(_ foley: FoleyReading?) -> [(String, String)] {
    guard let foley else { return [] }
    return [
      ("prompts", "\(foley.words); \(foley.vocabulary.count) words were heard"), ("films", foley.films ?? "none"),
      ("sounds", foley.classes.joined(separator: ", ")),
      (
        "events",
        foley.events == nil ? "not found in films: pictures alone lead" : "found in films first, then played"
      ),
    ]
  }

  private func describe(_ codec: LatentCodec) -> String {
    switch codec {
    case .frame(let c) where !c.source.hasStrings: "frame codec; \(c.source.noiseBands) bands of noise"
    case .frame(let c):
      "frame codec; \(c.source.partials) partials a string in \(c.source.harmonicBands) bands, \(c.source.noiseBands) of noise"
    case .encodec(let c): "EnCodec; \(c.filters << c.ratios.count) channels in its widest layer"
    }
  }

  private func describeFilm() throws -> [(String, String)] {
    let film: FilmInformation
    do { film = try FilmInformation(file) } catch {
      throw Failure("\(file): expected a voice, a MIDI file, a film or a sound file, found \(error.found)")
    }
    var lines = [
      (film.hasPictures ? "film" : "sound", file), ("container", film.container),
      ("length", film.duration.map { String(format: "%.2f s", $0) } ?? "not stated"),
    ]
    if film.hasPictures {
      let turned = film.rotation == 0 ? "" : ", turned \(film.rotation)° clockwise"
      lines += [
        ("size", "\(film.width) × \(film.height) as shown\(turned)\(film.isMirrored ? ", mirrored" : "")"),
        ("frame rate", describeRate(film)), ("own sound", film.hasSound ? "yes" : "none"),
      ]
    }
    return lines
      + film.streams.enumerated().map { index, stream in
        let times = [
          stream.start.map { String(format: "from %.3f s", $0) },
          stream.duration.map { String(format: "for %.3f s", $0) },
        ]
        let words = [stream.kind.rawValue, stream.codec, stream.detail, stream.language ?? ""] + times.map { $0 ?? "" }
        return ("stream \(index)", words.filter { !$0.isEmpty }.joined(separator: ", "))
      }
  }

  private func describeRate(_ film: FilmInformation) -> String {
    if let rate = film.frameRate { return "\(rate) pictures a second" }
    return film.averageRate.map { String(format: "it varies; %.3f pictures a second on average", $0) } ?? "not stated"
  }
}
