// `listen`: what runs have learned, for the ear: a piece as it was, as the codec carries it, as the generator performs it.
import ArgumentParser
import Foundation
import Training

struct ListenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "listen", abstract: "Hear what a codec and a generator have learned, beside the original.",
    discussion: """
      Examples:
        fotoplayer-train listen --data data/piano --codec runs/codec --generator runs/generator --out heard
        fotoplayer-train listen --score song.mid --recording song.wav --voice mine.safetensors --out heard

      Writes original.wav, codec.wav and, with a generator, performed.wav: of a piece of a set, by default the last,
      which no run learns, or of a score and its recording, which begin together. What codec.wav lacks no generator can
      bring back; what only performed.wav lacks is the generator's. A voice plays what `fotoplayer render` makes.
      """)

  @Option(help: "The set that both were trained on.") var data: String?
  @Option(help: "A score of your own, a MIDI file, instead of a set.") var score: String?
  @Option(help: "Its recording, a sound file.") var recording: String?
  @Option(help: "The codec's run, or a folder with an EnCodec.") var codec: String?
  @Option(help: "A voice that keeps its encoder, instead of a codec's run.") var voice: String?
  @Option(help: "The generator's run.") var generator: String?
  @Option(help: "Which piece of the set, from 1.") var piece: Int?
  @Option(help: "How much of it.") var seconds = 20.0
  @Option(help: "Frames a block of the performance.") var block = 2
  @Option(help: "Steps of the flow.") var steps = 4
  @Option(help: "The folder to write to.") var out: String

  func validate() throws {
    guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds \(seconds): expected up to 600") }
    guard 1...24 ~= block else { throw ValidationError("--block \(block): expected 1…24") }
    guard 1...64 ~= steps else { throw ValidationError("--steps \(steps): expected 1…64") }
    guard (data == nil) != (score == nil), (score == nil) == (recording == nil) else {
      throw ValidationError("expected either --data, or --score and --recording")
    }
    guard (codec == nil) != (voice == nil) else { throw ValidationError("expected either --codec or --voice") }
    guard piece == nil || data != nil else { throw ValidationError("--piece: expected with --data alone") }
    guard generator == nil || codec != nil else { throw ValidationError("--generator: expected with --codec alone") }
  }

  func run() throws {
    let (piece, name) = try chosen()
    let model = try voice.map { try TrainedVoice(path: $0).codec.model } ?? TrainedCodec(path: codec ?? "").model
    let audition = try Audition(piece, seconds: seconds, codec: model)
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    try audition.write(audition.original, to: out + "/original.wav")
    try audition.write(audition.sound(audition.latents), to: out + "/codec.wav")
    if let generator {
      let trained = try TrainedGenerator(run: generator)
      let latents = try LatentSet(kept: generator + "/latents.safetensors").with(trained.statistics)
      let performed = audition.perform(trained.model, latents, block: block, steps: steps)
      try audition.write(audition.sound(performed), to: out + "/performed.wav")
    }
    print("\(out): \(audition.frames) frames of \(name)")
  }

  /// What is listened to, and what it is called.
  private func chosen() throws -> (piece: Piece, name: String) {
    if let score, let recording { return (try Piece(score: score, recording: recording), score) }
    let set = try PianoSet(URL(fileURLWithPath: data ?? ""))
    let index = piece.map { $0 - 1 } ?? set.kept
    guard set.pieces.indices ~= index else {
      throw ValidationError("--piece \(index + 1): expected 1…\(set.pieces.count)")
    }
    return (set.pieces[index], "piece \(index + 1)")
  }
}
