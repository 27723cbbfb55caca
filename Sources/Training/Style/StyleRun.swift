// StyleRun: a voice learns from recordings, step by step in one folder: the set, the codec, the generator, the judgement.
// Every step goes on where it was stopped; what is done is not done again.
import Codec
import Foundation
import Generator
import Tensors

/// A style being made.
public struct StyleRun {
  /// What decides the result, beside voice and recordings.
  public struct Settings: Sendable {
    public var seed: UInt64 = 1
    /// Steps of either training; nil leaves them to the time there is or to the amount of music.
    public var codecSteps: Int?, generatorSteps: Int?
    /// Minutes for both trainings together.
    public var minutes: Double?
    public var licence: String
    /// Of an example.
    public var codecFrames = 192, generatorFrames = 128
    public var options = RunOptions()

    public init(licence: String) { self.licence = licence }
  }

  public enum Part: String, Sendable { case codec, generator }

  public let folder: String
  public let voice: TrainedVoice
  public let settings: Settings

  public init(folder: String, voice: TrainedVoice, settings: Settings) throws {
    (self.folder, self.voice, self.settings) = (folder, voice, settings)
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw TrainingError("\(folder): cannot make the folder: \(error.localizedDescription)")
    }
  }

  /// Where the reports on the recordings are kept.
  public var survey: String { folder + "/check.json" }
  public var recordings: String { folder + "/recordings" }
  public var heard: String { folder + "/heard" }
  public func run(_ part: Part) -> String { folder + "/" + part.rawValue }

  /// Makes the set of the recordings without faults.
  public func makeSet(_ survey: RecordingSurvey, from folder: String, progress: (Int) -> Void) throws -> PianoSet {
    let place = URL(fileURLWithPath: recordings)
    let maker = RecordingSetMaker(folder: place, recordings: folder, survey: survey, licence: settings.licence)
    _ = try maker.make(progress: progress)
    return try PianoSet(place)
  }

  /// Trains the codec: its networks begin as the voice's, its strings are the voice's as the recordings are tuned.
  public func trainCodec(_ set: PianoSet) throws -> Trainer<CodecTask>.Outcome {
    var configuration = voice.frameCodec.configuration
    // Scores lie where the sounds begin.
    configuration.source.lag = 0
    let strings = try strings(set)
    func task() throws -> CodecTask {
      try CodecTask(
        configuration, set: set, strings: strings, seed: settings.seed, excerptFrames: settings.codecFrames,
        from: CodecStart(voice))
    }
    let usual = TrainerConfiguration(
      seed: settings.seed, shards: 4, schedule: Schedule(peak: 3e-4, warmUp: 50, steps: 1), averageDecay: 0.99)
    return try train(.codec, set, usual, task)
  }

  /// Trains the generator on what the codec makes of the recordings.
  public func trainGenerator(_ set: PianoSet, progress: (Int) -> Void) throws -> Trainer<GeneratorTask>.Outcome {
    let codec = try TrainedCodec(run: run(.codec))
    let identity = "\(voice.identity), codec \(codec.version), \(set.manifest.identity.text())"
    try FileManager.default.createDirectory(atPath: run(.generator), withIntermediateDirectories: true)
    let latents = try LatentSet(
      path: run(.generator) + "/latents.safetensors", identity: identity, set: set, model: codec.model,
      progress: progress)
    func task() throws -> GeneratorTask {
      try GeneratorTask(
        voice.generator.model.configuration, set: set, latents: latents.with(voice.statistics), codec: codec.model,
        identity: identity, seed: settings.seed, from: voice, frames: settings.generatorFrames)
    }
    let usual = TrainerConfiguration(
      seed: settings.seed, shards: 8, schedule: Schedule(peak: 5e-4, warmUp: 50, steps: 1), averageDecay: 0.99)
    return try train(.generator, set, usual, task)
  }

  private func train<Task: TrainingTask>(
    _ part: Part, _ set: PianoSet, _ usual: TrainerConfiguration, _ task: () throws -> Task
  ) throws -> Trainer<Task>.Outcome {
    var configuration = usual
    configuration.schedule.steps = try StylePlan(folder).steps(part, settings, set) {
      try StylePlan.stepsPerSecond(in: folder + "/timing", usual, settings.options, task)
    }
    configuration.schedule.warmUp = min(usual.schedule.warmUp, configuration.schedule.steps / 10)
    return try Trainer(try task(), configuration, folder: run(part), options: settings.options).run()
  }

  /// The voice's strings, as high as the recordings; kept in the run as measured ones are.
  private func strings(_ set: PianoSet) throws -> [String: Tensor] {
    let cents = (set.manifest as? RecordingManifest)?.recipe.cents ?? 0
    var strings: [String: Tensor] = [:]
    for entry in voice.codec.weights.entries where entry.name.hasPrefix("source.") {
      strings[String(entry.name.dropFirst("source.".count))] = entry.tensor
    }
    if let frequency = strings["frequency"] {
      let factor = Float(pow(2, cents / 1200))
      strings["frequency"] = Tensor(frequency.shape, frequency.array.map { $0 * factor })
    }
    try FileManager.default.createDirectory(atPath: run(.codec), withIntermediateDirectories: true)
    try SafeTensors.write(
      strings.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }, metadata: ["lag": "0"],
      to: TrainedCodec.strings(run(.codec)))
    return strings
  }

  /// Compares voice and style with the piece that neither training saw, and writes what there is to hear.
  public func judge(_ set: PianoSet) throws -> StyleJudgement {
    let (codec, generator, latents) = try trained()
    return try StyleJudgement(
      set.pieces[set.kept], before: voice, codec: codec.model, generator: generator.model, latents, folder: heard)
  }

  /// Writes the voice.
  public func export(_ set: PianoSet, name: String, to path: String) throws {
    let (codec, generator, latents) = try trained()
    let base = voice.card["licence"] ?? "unknown"
    try VoiceExport.write(
      name: name, codec: codec, generator: generator, latents: latents,
      card: [
        "data": set.manifest.summary, "base voice": voice.identity,
        "base voice's data": voice.card["data"] ?? "unknown",
        "licence": "\(set.manifest.licence) (recordings); \(base) (base voice)",
        "steps": "codec \(codec.version), generator step \(generator.step), seed \(settings.seed)",
      ], to: path)
  }

  private func trained() throws -> (TrainedCodec, TrainedGenerator, LatentSet) {
    let generator = try TrainedGenerator(run: run(.generator))
    let latents = try LatentSet(kept: run(.generator) + "/latents.safetensors").with(generator.statistics)
    return (try TrainedCodec(run: run(.codec)), generator, latents)
  }
}
