// TrainedRuns: the models of finished (or paused) runs, with their averaged weights.
import Codec
import Foundation
import Generator
import Tensors

/// A codec as its run left it, or as others made it.
public struct TrainedCodec: Sendable {
  public let model: VoiceCodec
  public let weights: Weights
  /// Which of its kind it is: the step of its run, or a digest of the weights that it came with.
  public let version: String

  init(model: VoiceCodec, weights: Weights, version: String) {
    (self.model, self.weights, self.version) = (model, weights, version)
  }

  /// Where a codec's run keeps the measured strings.
  public static func strings(_ run: String) -> String { run + "/strings.safetensors" }

  /// Opens a run of `fotoplayer-train codec`, or a folder with an EnCodec.
  public init(path: String) throws {
    func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }
    if !has("config.json") && !has("run.json") {
      throw TrainingError(
        "\(path): expected a run of `fotoplayer-train codec` or a folder with an EnCodec (config.json and "
          + "model.safetensors), found neither")
    }
    if !has("run.json") { try self.init(encodec: path) } else { try self.init(run: path) }
  }

  public init(run: String) throws {
    let (description, checkpoint) = try lastCheckpoint(run, task: "codec")
    let average = try SafeTensors(path: checkpoint.file("average"))
    version = "step \(checkpoint.step)"
    switch try LatentCodec(description["codec"] ?? .null) {
    case .frame(let c):
      let strings = c.source.hasStrings ? try Self.table(run) : [:]
      let (model, weights) = try Weights.make(from: WeightTable(strings, over: average)) {
        CodecModel($0, c)
      }
      (self.model, self.weights) = (VoiceCodec(model), weights)
    case .encodec(let c):
      let (model, weights) = try Weights.make(from: average) { EnCodecModel($0, c) }
      (self.model, self.weights) = (VoiceCodec(model), weights)
    }
  }

  /// Opens a folder with `config.json` and `model.safetensors`.
  public init(encodec folder: String) throws {
    let (c, source, identity) = try EnCodecStart.weights(folder: folder).open(seed: 0)
    let (model, weights) = try Weights.make(from: source) { EnCodecModel($0, c) }
    (self.model, self.weights, version) = (VoiceCodec(model), weights, identity)
  }

  /// The strings of a run, named as a voice names them.
  static func table(_ run: String) throws -> [String: Tensor] {
    let file = try SafeTensors(path: strings(run))
    return try Dictionary(uniqueKeysWithValues: file.names.map { ("source." + $0, try file.tensor($0)) })
  }
}

/// A generator as its run left it.
public struct TrainedGenerator: Sendable {
  public let model: MultiStreamTransformer
  public let weights: Weights
  public let step: Int
  /// Those of the voice that it began from, which its latents were brought to; nil when they are the set's own.
  public let statistics: LatentStatistics?

  init(model: MultiStreamTransformer, weights: Weights, step: Int) {
    (self.model, self.weights, self.step, statistics) = (model, weights, step, nil)
  }

  public init(run: String) throws {
    let (description, checkpoint) = try lastCheckpoint(run, task: "generator")
    let configuration = try GeneratorConfiguration(description["generator"] ?? .null)
    (model, weights) = try Weights.make(from: try SafeTensors(path: checkpoint.file("average"))) {
      MultiStreamTransformer($0, configuration)
    }
    step = checkpoint.step
    statistics = LatentStatistics(description["statistics"])
  }
}

func lastCheckpoint(_ run: String, task: String) throws -> (model: JSON, checkpoint: Checkpoint) {
  let configuration = try RunFolder.configuration(run)
  guard configuration["task"]?.string == task else {
    throw TrainingError("\(run): expected a run of \(task), found \(configuration["task"]?.string ?? "none")")
  }
  guard let last = Checkpoint.all(in: run + "/checkpoints").last else {
    throw TrainingError("\(run): no complete checkpoint yet")
  }
  return (configuration["model"] ?? .null, last)
}
