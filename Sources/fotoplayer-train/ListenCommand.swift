// `listen`: what runs have learned, for the ear: a piece as it was, as the codec carries it, as the generator performs it.
import ArgumentParser
import Foundation
import Training

struct ListenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "listen", abstract: "Hear what a codec and a generator have learned, beside the original.",
    discussion: """
      Example: fotoplayer-train listen --data data/piano --codec runs/codec --generator runs/generator --out heard

      Writes original.wav, codec.wav and, with a generator, performed.wav. By default of the set's last piece, which no
      run learns. What codec.wav lacks no generator can bring back; what only performed.wav lacks is the generator's.
      """)

  @Option(help: "The set that both were trained on.") var data: String
  @Option(help: "The codec's run, or a folder with an EnCodec.") var codec: String
  @Option(help: "The generator's run.") var generator: String?
  @Option(help: "Which piece, from 1.") var piece: Int?
  @Option(help: "How much of it.") var seconds = 20.0
  @Option(help: "Frames a block of the performance.") var block = 2
  @Option(help: "Steps of the flow.") var steps = 4
  @Option(help: "The folder to write to.") var out: String

  func validate() throws {
    guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds \(seconds): expected up to 600") }
    guard 1...24 ~= block else { throw ValidationError("--block \(block): expected 1…24") }
    guard 1...64 ~= steps else { throw ValidationError("--steps \(steps): expected 1…64") }
  }

  func run() throws {
    let set = try PianoSet(URL(fileURLWithPath: data))
    let index = piece.map { $0 - 1 } ?? set.kept
    guard set.pieces.indices ~= index else {
      throw ValidationError("--piece \(index + 1): expected 1…\(set.pieces.count)")
    }
    let codec = try TrainedCodec(path: codec)
    let audition = Audition(set.pieces[index], seconds: seconds, codec: codec.model)
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    try audition.write(audition.original, to: out + "/original.wav")
    try audition.write(audition.sound(audition.latents), to: out + "/codec.wav")
    if let generator {
      let trained = try TrainedGenerator(run: generator)
      let latents = try LatentSet(kept: generator + "/latents.safetensors")
      let performed = audition.perform(trained.model, latents, block: block, steps: steps)
      try audition.write(audition.sound(performed), to: out + "/performed.wav")
    }
    print("\(out): \(audition.frames) frames of piece \(index + 1)")
  }
}
