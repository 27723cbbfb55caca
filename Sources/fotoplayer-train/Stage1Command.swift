// `stage1`: sound learned from words, then from words and films together.
import ArgumentParser
import Foundation
import Generator
import Training

struct Stage1Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage1", abstract: "Train the generator of Foley: from words, then from films, too.",
    discussion: """
      Examples:
        fotoplayer-train stage1 --part words --data data/foley --codec runs/codec \\
          --size toy --out runs/words
        fotoplayer-train stage1 --part joint --from runs/words --data data/foley --out runs/joint
        fotoplayer-train stage1 --part words --data clips.jsonl --codec encodec_24khz \\
          --words flan-t5-large --films clip-vit-large-patch14 --size small --out runs/words

      The second part begins with the first one's run, whose sizes and encoders it takes, and adds the stream that watches
      films. --events adds a stream that reads when something is to be heard: a key of a keyboard, when it is played.
      docs/stages.md says more.
      """)

  @Option(help: "What is learned: words, or joint, words and films.") var part: FoleyTask.Part
  @Option(help: "The run to begin with; its sizes and encoders are taken.") var from: String?
  @Option(help: "toy, small, medium, large or paper (toy).") var size: GeneratorSize?
  @Flag(help: "Learn from events, too, where clips have them.") var events = false
  @OptionGroup(title: "Clips") var clips: ClipOptions
  @OptionGroup(title: "Encoders") var encoders: EncoderOptions
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    if from != nil, size != nil { throw ValidationError("--size is that of the run that --from names") }
  }

  func run() throws {
    let before = try from.map { try TrainedStage(run: $0, ["stage1"]) }
    let encoders = try encoders.opened(before)
    let (learned, kept) = try clips.sets(encoders, options, statistics: before?.statistics)
    var c = before?.model.configuration ?? (size ?? .toy).configuration(text: encoders.words.width, video: 0)
    c.latentWidth = encoders.latentWidth
    if part == .joint { c.videoFeatures = encoders.films?.width ?? 0 }
    if events { c.conditionWidth = EventRoll.width }
    let start =
      before.map { StageStart($0, seed: options.seed) } ?? StageStart(seed: options.seed, encoders: encoders.json)
    let task = try FoleyTask(
      c, part, learned: learned, kept: kept, start: start, frames: clips.frames, recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 1e-3, warmUp: 100, steps: 6000), averageDecay: 0.995))
  }
}

extension FoleyTask.Part: ExpressibleByArgument {}
extension GeneratorSize: ExpressibleByArgument {}
