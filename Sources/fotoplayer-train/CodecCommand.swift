// `codec`: trains a codec: ours, on top of the strings of the set's piano that it measures first, or an EnCodec.
import ArgumentParser
import Codec
import Foundation
import Synchronization
import Tensors
import Terminal
import Training

struct CodecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec", abstract: "Train a codec on a piano set, or on clips of Foley.",
    discussion: """
      Examples:
        fotoplayer-train codec --data data/piano --out runs/codec --steps 1500
        fotoplayer-train codec --data data/foley --out runs/noises --steps 3000
        fotoplayer-train codec --data data/piano --data data/foley --bands 96 --out runs/both --steps 3000
        fotoplayer-train codec --data data/piano --kind encodec --from encodec_24khz --out runs/mine
        fotoplayer-train codec --data data/piano --kind encodec --from config.json --out runs/new
        fotoplayer-train codec --data data/other --from piano.safetensors --out runs/other --steps 400 --rate 3e-4

      A frame codec measures the piano's strings and learns what they lack. Clips have no score: their codec shapes noise in
      bands alone. One for both, as the stages that learn Foley and the piano want it, takes the piano's set first, whose
      strings are measured, and learns each set as often. An EnCodec knows no strings; it goes on from a folder with
      weights, such as a download of facebook/encodec_24khz, or from a run, or begins with random weights from a
      configuration alone.

      A second run makes a codec finer, against a discriminator, and leaves the latents as they are, so that generators
      that learned them need not learn anew:
        fotoplayer-train codec --data data/piano --from runs/codec --decoder-only --adversarial --out runs/finer

      The last example of the first six begins with a voice: another piano is learned from there in a fraction of the steps.
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable { case frame, encodec }

  @Option(help: "A set that `data piano` or `data foley` made, or a list of clips; may be given more than once.")
  var data: [String]
  @Option(help: "Which codec: frame or encodec.") var kind = Kind.frame
  @Option(
    help: """
      A codec's run, or a voice, to begin from, instead of from nothing. An EnCodec begins from a run, a folder with \
      config.json and model.safetensors, or a config.json.
      """)
  var from: String?
  @Option(help: "Bands of noise that are shaped; more tell pitches better and cost more (32; of clips alone 96).")
  var bands: Int?
  @Flag(help: "The encoder stays as it is, and with it what latents mean (needs --from).") var decoderOnly = false
  @Option(help: "Frames an example of an EnCodec; 75 are a second.") var frames = 75
  @OptionGroup(title: "Adversarial training") var adversarial: AdversarialOptions
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard !decoderOnly || from != nil else {
      throw ValidationError("--decoder-only needs --from: a decoder alone has no latents")
    }
    guard kind == .frame || from != nil else {
      throw ValidationError("--kind encodec needs --from: a folder with an EnCodec, or a config.json")
    }
    guard bands == nil || from == nil else {
      throw ValidationError("--bands: what --from names has bands already; leave one of the two out")
    }
    if let bands, !(2...256 ~= bands) { throw ValidationError("--bands \(bands): expected 2…256") }
    guard 8...4096 ~= frames else { throw ValidationError("--frames \(frames): expected 8…4096") }
  }

  func run() throws {
    let sets = try data.map {
      try ClipManifest.isThere($0) ? PianoSet(clips: ClipManifest($0)) : PianoSet(URL(fileURLWithPath: $0))
    }
    let set = sets[0]
    if kind == .encodec, let from { return try trainEnCodec(sets, from: from) }
    if set.manifest is ClipManifest { return try trainNoise(sets) }
    let isVoice = from?.hasSuffix(".safetensors") ?? false
    let voice = try from.flatMap { try isVoice ? TrainedVoice(path: $0) : nil }
    let trained = try from.flatMap { try isVoice ? nil : TrainedCodec(run: $0) }
    var configuration = voice?.frameCodec.configuration ?? CodecConfiguration()
    if let bands { configuration.source.noiseBands = bands }
    if let from, let trained {
      guard case .frame(let c) = trained.model.configuration else {
        throw TrainingError("\(from): expected the run of a frame codec, found an EnCodec; add --kind encodec")
      }
      configuration = c
      try options.inTurn { try CodecCommand.copyStrings(of: from, to: options.out) }
    }
    try options.inTurn {
      try CodecCommand.measure(set, configuration.source, run: options.out, threads: options.threads)
    }
    let file = try SafeTensors(path: TrainedCodec.strings(options.out))
    guard let lag = file.metadata["lag"].flatMap({ Int($0) }), 0...2400 ~= lag else {
      throw TrainingError(
        "\(TrainedCodec.strings(options.out)): expected a lag of 0…2400 samples, found \(file.metadata["lag"] ?? "none")"
      )
    }
    configuration.source.lag = lag
    configuration.source.dampers = try Damper.all(
      file.metadata, velocities: configuration.source.velocities.count)
    let strings = try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0)) })
    try train(configuration, sets, strings, voice.map { CodecStart($0) } ?? trained.map { CodecStart($0, run: from!) })
  }

  /// Of clips, whose source is noise alone.
  private func trainNoise(_ sets: [PianoSet]) throws {
    let trained = try from.map { try TrainedCodec(run: $0) }
    var configuration = CodecConfiguration.noise(bands: bands ?? 96)
    if let from, let trained {
      guard case .frame(let c) = trained.model.configuration, !c.source.hasStrings else {
        throw TrainingError("\(from): expected the run of a codec of clips, found another")
      }
      configuration = c
    }
    try train(configuration, sets, [:], trained.map { CodecStart($0, run: from!) })
  }

  private func train(
    _ configuration: CodecConfiguration, _ sets: [PianoSet], _ strings: [String: Tensor], _ start: CodecStart?
  ) throws {
    let (set, others) = (sets[0], Array(sets.dropFirst()))
    if adversarial.adversarial {
      let task = try CodecTask(
        configuration, set: set, others: others, strings: strings, seed: options.seed, excerptFrames: 96, from: start,
        decoderOnly: decoderOnly, recomputes: options.recompute)
      return try options.train(
        adversarial.task(task, seed: options.seed, waveform: 0, spectra: .logarithmic), adversarial.trainer)
    }
    let task = try CodecTask(
      configuration, set: set, others: others, strings: strings, seed: options.seed, from: start,
      decoderOnly: decoderOnly, recomputes: options.recompute)
    try options.train(
      task,
      TrainerConfiguration(schedule: Schedule(peak: 1e-3, warmUp: 100, steps: 1500), averageDecay: 0.995))
  }

  private func trainEnCodec(_ sets: [PianoSet], from: String) throws {
    guard sets.count == 1 else { throw ValidationError("--kind encodec learns from one --data, found \(sets.count)") }
    let set = sets[0]
    let task = try EnCodecTask(
      EnCodecStart(path: from), set: set, seed: options.seed, excerptFrames: frames, decoderOnly: decoderOnly)
    if adversarial.adversarial {
      return try options.train(
        adversarial.task(task, seed: options.seed, waveform: 0.1, spectra: .complex), adversarial.trainer)
    }
    try options.train(
      task, TrainerConfiguration(schedule: Schedule(peak: 3e-4, warmUp: 100, steps: 20000), averageDecay: 0.999))
  }

  /// The strings are the other run's.
  private static func copyStrings(of other: String, to run: String) throws {
    guard !FileManager.default.fileExists(atPath: TrainedCodec.strings(run)) else { return }
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: TrainedCodec.strings(other), toPath: TrainedCodec.strings(run))
  }

  /// Measures the strings, unless the run has them.
  private static func measure(_ set: PianoSet, _ source: SourceConfiguration, run: String, threads: Int) throws {
    guard !FileManager.default.fileExists(atPath: TrainedCodec.strings(run)) else { return }
    guard let manifest = set.manifest as? PianoManifest else {
      throw TrainingError("the strings of recordings cannot be measured; `fotoplayer-train style` takes a voice's")
    }
    let scratch = URL(fileURLWithPath: run).appendingPathComponent("measuring")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: manifest.soundFont))
    let bar = Mutex(ProgressBar(total: 88, unit: "strings measured"))
    let measured = try StringMeasurement(synthesiser, source).measure(scratch: scratch, threads: threads) { done in
      bar.withLock { $0.show(done) }
    }
    bar.withLock { $0.finish() }
    try FileManager.default.removeItem(at: scratch)
    try SafeTensors.write(
      measured.tables.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) },
      metadata: Damper.metadata(measured.dampers).merging(["lag": "\(measured.lag)"]) { $1 },
      to: TrainedCodec.strings(run))
  }
}
