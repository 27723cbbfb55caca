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
      Examples:
        fotoplayer-train generator --data data/piano --codec runs/codec \\
          --out runs/generator --steps 8000
        fotoplayer-train generator --data data/piano --codec encodec_24khz --out runs/generator
        fotoplayer-train generator --data data/other --codec runs/other \\
          --from piano.safetensors --out runs/more --steps 2000 --rate 3e-4

        fotoplayer-train generator --data data/piano --data data/heights --codec runs/finer \
          --from piano.safetensors --out runs/heights --steps 2000 --rate 5e-4

      The last two begin with the generator of a voice; its codec should have begun with the same voice. Of several sets each is
      learned as often: drills of what a voice plays badly, beside the music from which it knows the rest.
      """)

  @Option(help: "A set that `data piano` made; may be given more than once.") var data: [String]
  @Option(help: "The codec whose latents are learned: its run, or a folder with an EnCodec.") var codec: String
  @Option(help: "Frames a sequence; 75 are a second.") var frames = 128
  @Option(help: "Layers of the transformer (4).") var depth: Int?
  @Option(help: "Width of the audio stream; the roll stream has half of it (128).") var width: Int?
  @Option(help: "A voice to begin with; its sizes are taken too.") var from: String?
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard frames >= 8, frames <= 4096 else { throw ValidationError("--frames \(frames): expected 8…4096") }
    if let depth, !(1...64 ~= depth) { throw ValidationError("--depth \(depth): expected 1…64") }
    if let width, !(32...4096 ~= width) || width % 32 != 0 {
      throw ValidationError("--width \(width): expected a multiple of 32 from 32 to 4096")
    }
    if from != nil, depth != nil || width != nil {
      throw ValidationError("--depth and --width are those of the voice that --from names")
    }
  }

  func run() throws {
    let sets = try data.map { try PianoSet(URL(fileURLWithPath: $0)) }
    let voice = try from.map { try TrainedVoice(path: $0) }
    let trained = try TrainedCodec(path: codec)
    if let voice, voice.codec.model.configuration.latentWidth != trained.model.configuration.latentWidth {
      throw TrainingError(
        "\(codec): expected \(voice.codec.model.configuration.latentWidth) latents as in \(voice.path), "
          + "found \(trained.model.configuration.latentWidth)")
    }
    let identities = zip(data, sets).map { "\(codec) \(trained.version), \($0) with \($1.pieces.count) pieces" }
    try FileManager.default.createDirectory(atPath: options.out, withIntermediateDirectories: true)
    var all: [(set: PianoSet, latents: LatentSet)] = []
    for (index, set) in sets.enumerated() {
      let name = index == 0 ? "latents" : "latents\(index + 1)"
      let latents = try options.inTurn {
        var bar = ProgressBar(total: set.pieces.count, unit: "pieces encoded")
        defer { bar.finish() }
        return try LatentSet(
          path: "\(options.out)/\(name).safetensors", identity: identities[index], set: set, model: trained.model
        ) { bar.show($0) }
      }
      all.append((set, latents.with(voice?.statistics ?? all.first.map { LatentStatistics($0.latents) })))
    }
    var configuration = voice?.generator.model.configuration ?? GeneratorConfiguration()
    configuration.latentWidth = trained.model.configuration.latentWidth
    configuration.conditionWidth = Condition.width(harmonicBands: trained.model.configuration.harmonicBands)
    if voice == nil {
      let width = width ?? 128
      (configuration.depth, configuration.audioWidth, configuration.rollWidth) = (depth ?? 4, width, width / 2)
    }
    let task = try GeneratorTask(
      configuration, set: all[0].set, latents: all[0].latents, others: Array(all.dropFirst()),
      codec: trained.model, identity: identities.joined(separator: "; "), seed: options.seed, from: voice,
      frames: frames, recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 1e-3, warmUp: 100, steps: 8000), averageDecay: 0.995))
  }
}
