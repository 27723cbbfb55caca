// `stage2`: the piano is added to what stage 1 learned.
import ArgumentParser
import Foundation
import Tensors
import Terminal
import Training

struct Stage2Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage2", abstract: "Add the piano to a generator of Foley: rolls, and who reads them from films.",
    discussion: """
      Example:
        fotoplayer-train stage2 --from runs/joint --data data/foley --piano data/piano \\
          --rolls data/rolls --out runs/piano
        fotoplayer-train stage2 --from runs/joint --data data/foley --piano data/warm --piano data/cold --out runs/piano

      Half of the examples are clips as before, so that nothing is forgotten. With --rolls a roll predictor is learned
      in the same run; samples/predictor.safetensors in the run's folder is its file, for `fotoplayer roll --predictor`.
      """)

  @Option(help: "The run of stage 1 to begin with; its sizes and encoders are taken.") var from: String
  @Option(help: "Performances: a set that `data piano` made, or of recordings; may be given more than once.") var piano:
    [String]
  @Option(help: "Strips of films of pianists that `data rolls` made; none: no predictor is learned.") var rolls: String?
  @Option(help: "Which step of reading: 1, 2 or 3.") var step = 1
  @Option(help: "How the predictor's probabilities are judged: mse, as in the paper, or bce.") var loss = RollLoss.Kind
    .square
  @Option(help: "Windows of films an example.") var windows = 2
  @Option(help: "The predictor's loss, beside the flow's.") var rollWeight: Float = 1
  @Option(help: "The share of performances among the examples, 0…1.") var pianoShare: Float = 0.5
  @Option(help: "What may be said of a performance; may be given more than once, or be empty.") var caption =
    ["a piano is played", "piano music"]
  @OptionGroup(title: "Clips") var clips: ClipOptions
  @OptionGroup(title: "Encoders") var encoders: EncoderOptions
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard 1...3 ~= step else { throw ValidationError("--step \(step): expected 1, 2 or 3") }
    guard 1...256 ~= windows else { throw ValidationError("--windows \(windows): expected 1…256") }
    guard 0...1 ~= pianoShare else { throw ValidationError("--piano-share \(pianoShare): expected 0…1") }
    guard rollWeight > 0, rollWeight <= 1000 else {
      throw ValidationError("--roll-weight \(rollWeight): expected more than 0, at most 1000")
    }
  }

  func run() throws {
    let before = try TrainedStage(run: from, ["stage1"])
    let encoders = try encoders.opened(before)
    let (learned, kept) = try clips.sets(encoders, options, statistics: before.statistics)
    let spoken = try encoders.spoken(caption)
    let materials = try piano.enumerated().map { index, folder in
      let name = index == 0 ? "piano" : "piano\(index + 1)"
      let performances = try Performances(folder, encoders, options, name: name)
      return PianoTask.Material(
        performances.set, latents: performances.latents, captions: spoken, identity: performances.identity)
    }
    let films = try rolls.map {
      try PianoTask.Films(
        RollSet(URL(fileURLWithPath: $0)), network: .step(step), loss: RollLoss(loss), weight: rollWeight,
        windows: windows)
    }
    let task = try PianoTask(
      from: before, materials, harmonicBands: encoders.codec.model.configuration.harmonicBands, clips: learned,
      kept: kept, films: films, share: pianoShare, seed: options.seed, frames: clips.frames,
      recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 5e-4, warmUp: 100, steps: 4000), averageDecay: 0.995))
  }
}

/// A piano set as the stages' codec hears it; its latents are kept in the run's folder.
struct Performances {
  let set: PianoSet, latents: LatentSet
  let identity: String

  init(_ folder: String, _ encoders: ClipEncoders, _ options: TrainingOptions, name: String) throws {
    let set = try PianoSet(URL(fileURLWithPath: folder))
    let identity = "\(encoders.places.codec) \(encoders.codec.version), \(folder) with \(set.pieces.count) pieces"
    latents = try options.inTurn {
      try FileManager.default.createDirectory(atPath: options.out, withIntermediateDirectories: true)
      var bar = ProgressBar(total: set.pieces.count, unit: "pieces encoded")
      defer { bar.finish() }
      return try LatentSet(
        path: "\(options.out)/\(name).safetensors", identity: identity, set: set, model: encoders.codec.model
      ) { bar.show($0) }
    }
    (self.set, self.identity) = (set, identity)
  }
}

extension ClipEncoders {
  /// The features of captions that are given on the command line; empty ones say nothing.
  func spoken(_ captions: [String]) throws -> [Tensor] {
    try captions.filter { $0.contains { !$0.isWhitespace } }.map { try read($0, of: "--caption") }
  }
}
