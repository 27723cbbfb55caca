// TrainedVoice: a voice file as something to go on training from: codec with its encoder, generator, and the statistics of
// the latents between them.
import Codec
import Foundation
import Generator
import Performer
import Tensors

/// The models of a voice.
public struct TrainedVoice: Sendable {
  public let path: String, name: String, card: [String: String]
  /// Its name and a number made of its bytes: which voice a run began from.
  public let identity: String
  /// Of a kind that is trained further with a voice: the other kind's encoder stays with its makers.
  public let frameCodec: CodecModel
  public let codec: TrainedCodec
  public let generator: TrainedGenerator
  public let statistics: LatentStatistics

  /// Of A4, Hz.
  public var pitch: Double { strings.frequency(key: 48, partial: 1) }
  public let strings: StringTable

  /// - Throws: `VoiceError` when there is no voice, or one of Foley, `TrainingError` when it has no encoder.
  public init(path: String) throws {
    let voice = try Voice(path: path).of(.piano)
    guard voice.hasEncoder else {
      throw TrainingError(
        "\(path): this voice was exported without its encoder, so it plays but cannot be trained further. "
          + "`fotoplayer-train export` keeps the encoder: export it again from its runs, or begin with another voice")
    }
    guard case .frame(let configuration) = voice.codec else {
      throw TrainingError(
        "\(path): expected a voice with a frame codec, found an EnCodec's, which is not trained further")
    }
    let file = try SafeTensors(path: path)
    let (codec, codecWeights) = try Weights.make(from: file.without("generator.").without("latents.")) {
      CodecModel($0, configuration)
    }
    guard let strings = codec.table else {
      throw TrainingError("\(path): expected a voice with strings, found one whose source is noise alone")
    }
    self.strings = strings
    let (generator, generatorWeights) = try Weights.make(from: SafeTensors(path: path, prefix: "generator.")) {
      MultiStreamTransformer($0, voice.generator)
    }
    frameCodec = codec
    self.codec = TrainedCodec(model: VoiceCodec(codec), weights: codecWeights, version: "of \(voice.name)")
    self.generator = TrainedGenerator(model: generator, weights: generatorWeights, step: 0)
    statistics = LatentStatistics(
      mean: try file.tensor("latents.mean"), deviation: try file.tensor("latents.deviation"))
    (self.path, name, card) = (path, voice.name, voice.card)
    identity = "\(voice.name) \(try FileDigest.text(path))"
  }
}

/// What the latents of a codec are like: mean and deviation of each channel, [latentWidth].
public struct LatentStatistics: Sendable {
  public let mean: Tensor, deviation: Tensor

  public init(mean: Tensor, deviation: Tensor) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Those of a set.
  public init(_ latents: LatentSet) { self.init(mean: latents.mean, deviation: latents.deviation) }

  /// As the run of a generator that was given them says.
  var json: JSON {
    func list(_ tensor: Tensor) -> JSON { .array(tensor.array.map { JSON(short: $0) }) }
    return ["mean": list(mean), "deviation": list(deviation)]
  }

  /// Nil where a run says none: its latents are measured by themselves.
  init?(_ json: JSON?) {
    func read(_ name: String) -> Tensor? {
      json?[name]?.elements.map { Tensor(Shape($0.count), $0.map { $0.float ?? .nan }) }
    }
    guard let mean = read("mean"), let deviation = read("deviation") else { return nil }
    self.init(mean: mean, deviation: deviation)
  }
}

extension LatentSet {
  /// The same latents, brought to unit variance as another set was: what a generator that is trained further is used to.
  public func with(_ statistics: LatentStatistics?) -> LatentSet {
    guard let statistics else { return self }
    precondition(statistics.mean.shape == mean.shape, "statistics of \(statistics.mean.shape) for \(mean.shape)")
    var result = self
    (result.mean, result.deviation) = (statistics.mean, statistics.deviation)
    return result
  }
}

extension Weights {
  /// Every weight by its name, to begin another training from.
  var table: [String: Tensor] { Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.tensor) }) }
}
