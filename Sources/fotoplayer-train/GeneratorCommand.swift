// `generator`: trains the transformer to make a codec's latents from the score.
import ArgumentParser
import Foundation
import Generator
import Terminal
import Training

struct GeneratorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generator", abstract: "Train a generator on the latents of a codec.",
    discussion: """
      Example: fotoplayer-train generator --data data/piano --codec runs/codec \\
                 --out runs/generator --steps 8000
               fotoplayer-train generator --data data/piano --codec encodec_24khz --out runs/generator
      """)

  @Option(help: "A set that `data piano` made.") var data: String
  @Option(help: "The codec whose latents are learned: its run, or a folder with an EnCodec.") var codec: String
  @Option(help: "Frames a sequence; 75 are a second.") var frames = 128
  @Option(help: "Layers of the transformer.") var depth = 4
  @Option(help: "Width of the audio stream; the roll stream has half of it.") var width = 128
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard frames >= 8, frames <= 4096 else { throw ValidationError("--frames \(frames): expected 8…4096") }
    guard depth >= 1, depth <= 64 else { throw ValidationError("--depth \(depth): expected 1…64") }
    guard width >= 32, width <= 4096, width % 32 == 0 else {
      throw ValidationError("--width \(width): expected a multiple of 32 from 32 to 4096")
    }
  }

  func run() throws {
    let set = try PianoSet(URL(fileURLWithPath: data))
    let trained = try TrainedCodec(path: codec)
    let identity = "\(codec) \(trained.version), \(data) with \(set.pieces.count) pieces"
    try FileManager.default.createDirectory(atPath: options.out, withIntermediateDirectories: true)
    var bar = ProgressBar(total: set.pieces.count, unit: "pieces encoded")
    let latents = try LatentSet(
      path: options.out + "/latents.safetensors", identity: identity, set: set, model: trained.model
    ) { bar.show($0) }
    bar.finish()
    var configuration = GeneratorConfiguration()
    configuration.latentWidth = trained.model.configuration.latentWidth
    configuration.conditionWidth = Condition.width(harmonicBands: trained.model.configuration.harmonicBands)
    (configuration.depth, configuration.audioWidth, configuration.rollWidth) = (depth, width, width / 2)
    let task = try GeneratorTask(
      configuration, set: set, latents: latents, codec: trained.model, identity: identity, seed: options.seed,
      frames: frames, recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 1e-3, warmUp: 100, steps: 8000), averageDecay: 0.995))
  }
}
