// `stage3`: sound is brought near to its film, and one way of performing is preferred to another.
import ArgumentParser
import Foundation
import Tensors
import Training

struct Stage3Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage3",
    abstract: "Bring sound nearer to its film; or, with --preference, prefer one way of playing.",
    discussion: """
      Examples:
        fotoplayer-train stage3 --from runs/piano --data data/foley --out runs/contrast
        fotoplayer-train stage3 --from runs/joint --data data/foley --contrast factor --out runs/factor
        fotoplayer-train stage3 --preference --from runs/contrast --preferred data/warm \\
          --control data/cold --out runs/preferred

      The first two compare the streams of sound and film of some clips: by equation 5, or by FactorCL. They begin with a
      run of stage 1 or 2.

      The third one takes two sets of performances of the same scores, such as `data piano` makes with one seed and two sound
      fonts. It begins with a run that has seen stage 2. docs/stages.md says more.
      """)

  @Option(help: "The run to begin with; its sizes and encoders are taken.") var from: String
  @Option(help: "How sound and film are compared: supervised (equation 5) or factor (equation 6).") var contrast =
    ContrastTask.Kind.supervised
  @Option(help: "The contrastive loss, beside the flow's.") var contrastWeight: Float = 0.1
  @Option(help: "Clips that are compared, an example.") var clipsCompared = 4
  @Option(help: "Frames of each that are compared.") var framesCompared = 8
  @Flag(help: "Learn what is preferred (equation 7), instead.") var preference = false
  @Option(help: "Performances that are to be preferred: a piano set.") var preferred: String?
  @Option(help: "Performances of the same scores that are not.") var control: String?
  @Option(help: "How strongly a preference pulls; 100…5000 in what is published.") var beta: Float = 2000
  @Option(help: "The weight of the preferred performance's own error.") var anchor: Float = 1
  @Option(help: "What may be said of a performance; may be given more than once, or be empty.") var caption =
    ["a piano is played", "piano music"]
  @OptionGroup(title: "Clips") var clips: ClipOptions
  @OptionGroup(title: "Encoders") var encoders: EncoderOptions
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    let expected = preference ? "--preferred and --control" : "--data"
    guard preference ? preferred != nil && control != nil && clips.data == nil : clips.data != nil else {
      throw ValidationError("stage3\(preference ? " --preference" : "") needs \(expected)")
    }
    guard preference || (preferred == nil && control == nil) else {
      throw ValidationError("--preferred and --control are for --preference")
    }
    guard 2...256 ~= clipsCompared else { throw ValidationError("--clips-compared \(clipsCompared): expected 2…256") }
    guard 1...256 ~= framesCompared else {
      throw ValidationError("--frames-compared \(framesCompared): expected 1…256")
    }
    guard 0...100 ~= contrastWeight else { throw ValidationError("--contrast-weight: expected 0…100") }
    guard beta > 0, beta <= 1e6 else { throw ValidationError("--beta \(beta): expected more than 0, at most 1000000") }
    guard 0...1000 ~= anchor else { throw ValidationError("--anchor \(anchor): expected 0…1000") }
  }

  func run() throws {
    let before = try TrainedStage(run: from, preference ? ["stage2", "stage3"] : TrainedStage.names)
    let encoders = try encoders.opened(before)
    if preference { return try prefer(before, encoders) }
    let (learned, kept) = try clips.sets(encoders, options, statistics: before.statistics)
    var settings = ContrastTask.Settings(audioWidth: before.model.configuration.audioWidth)
    (settings.kind, settings.weight) = (contrast, contrastWeight)
    (settings.clips, settings.frames) = (clipsCompared, framesCompared)
    let task = try ContrastTask(
      from: before, settings, clips: learned, kept: kept, seed: options.seed, frames: clips.frames,
      recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 4, schedule: Schedule(peak: 3e-4, warmUp: 100, steps: 2000), averageDecay: 0.995))
  }

  private func prefer(_ before: TrainedStage, _ encoders: ClipEncoders) throws {
    let one = try Performances(preferred ?? "", encoders, options, name: "preferred")
    let other = try Performances(control ?? "", encoders, options, name: "control")
    let pairs = try PreferenceTask.Pairs(
      preferred: (one.set, one.latents), control: (other.set, other.latents),
      identity: "\(one.identity); \(other.identity)")
    let task = try PreferenceTask(
      from: before, pairs, captions: try encoders.spoken(caption), loss: FlowPreference(beta: beta, anchor: anchor),
      seed: options.seed, frames: clips.frames, recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 5e-5, warmUp: 100, steps: 1000), averageDecay: 0.99))
  }
}

extension ContrastTask.Kind: ExpressibleByArgument {}
