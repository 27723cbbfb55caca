// `codec`: measures the strings of the set's piano, then trains encoder and decoder on top of them.
import ArgumentParser
import Codec
import Foundation
import Synchronization
import Tensors
import Terminal
import Training

struct CodecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec", abstract: "Train a codec on a piano set.",
    discussion: """
      Example: fotoplayer-train codec --data data/piano --out runs/codec --steps 1500

      A second run makes it finer, against a discriminator, and leaves the latents as they are, so that generators that
      learned them need not learn anew:
        fotoplayer-train codec --data data/piano --from runs/codec --decoder-only --adversarial --out runs/finer
      """)

  @Option(help: "A set that `data piano` made.") var data: String
  @Option(help: "A codec's run to begin from, instead of from nothing.") var from: String?
  @Flag(help: "The encoder stays as it is, and with it what latents mean (needs --from).") var decoderOnly = false
  @OptionGroup(title: "Adversarial training") var adversarial: AdversarialOptions
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard !decoderOnly || from != nil else {
      throw ValidationError("--decoder-only needs --from: a decoder alone has no latents")
    }
  }

  func run() throws {
    let set = try PianoSet(URL(fileURLWithPath: data))
    let trained = try from.map { try TrainedCodec(run: $0) }
    var configuration = trained?.model.configuration ?? CodecConfiguration()
    if let from { try CodecCommand.copyStrings(of: from, to: options.out) }
    try CodecCommand.measure(set, configuration.source, run: options.out, threads: options.threads)
    let file = try SafeTensors(path: TrainedCodec.strings(options.out))
    guard let lag = file.metadata["lag"].flatMap({ Int($0) }), 0...2400 ~= lag else {
      throw TrainingError(
        "\(TrainedCodec.strings(options.out)): expected a lag of 0…2400 samples, found \(file.metadata["lag"] ?? "none")"
      )
    }
    configuration.source.lag = lag
    let strings = try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0)) })
    let start = trained.map { CodecStart($0, run: from!) }
    if adversarial.adversarial {
      let task = try CodecTask(
        configuration, set: set, strings: strings, seed: options.seed, excerptFrames: 96, from: start,
        decoderOnly: decoderOnly)
      return try options.train(
        adversarial.task(task, seed: options.seed, waveform: 0, spectra: .logarithmic), adversarial.trainer)
    }
    let task = try CodecTask(
      configuration, set: set, strings: strings, seed: options.seed, from: start, decoderOnly: decoderOnly)
    try options.train(
      task,
      TrainerConfiguration(schedule: Schedule(peak: 1e-3, warmUp: 100, steps: 1500), averageDecay: 0.995))
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
    let scratch = URL(fileURLWithPath: run).appendingPathComponent("measuring")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: set.manifest.soundFont))
    let bar = Mutex(ProgressBar(total: 88, unit: "strings measured"))
    let measured = try StringMeasurement(synthesiser, source).measure(scratch: scratch, threads: threads) { done in
      bar.withLock { $0.show(done) }
    }
    bar.withLock { $0.finish() }
    try FileManager.default.removeItem(at: scratch)
    try SafeTensors.write(
      measured.tables.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) },
      metadata: ["lag": "\(measured.lag)"], to: TrainedCodec.strings(run))
  }
}
