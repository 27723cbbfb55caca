// CodecTask: encoder and decoder learn to carry a piano's sound over the latents, on top of what its strings do alone.
// Noise on the latents teaches the decoder to forgive a generator that is not exact.
import Codec
import Foundation
import Score
import Tensors

/// Trains a `CodecModel` on a piano set.
public struct CodecTask: TrainingTask {
  public struct Shard: Sendable {
    let excerpt: Excerpt
    let noise: Tensor
  }

  public let name = "codec"
  public let configuration: JSON
  public let weights: Weights
  public let model: CodecModel
  public let excerptFrames: Int
  private let set: PianoSet
  private let noiseBands: NoiseBands
  private let loss = SpectralLoss()

  /// - Parameters:
  ///   - strings: the measured tables, named as below `source`.
  ///   - excerptFrames: the length of a shard's excerpt.
  public init(
    _ configuration: CodecConfiguration, set: PianoSet, strings: [String: Tensor], seed: UInt64,
    excerptFrames: Int = 192
  ) throws {
    let named = Dictionary(uniqueKeysWithValues: strings.map { ("source." + $0.key, $0.value) })
    (model, weights) = try Weights.make(from: WeightTable(named, over: RandomWeights(seed: seed)), tracked: true) {
      CodecModel($0, configuration)
    }
    self.set = set
    self.excerptFrames = excerptFrames
    noiseBands = NoiseBands(configuration.source.noise, sampleRate: Double(configuration.source.sampleRate))
    self.configuration = [
      "codec": configuration.json, "excerptFrames": JSON(excerptFrames), "pieces": JSON(set.learned),
      "set": JSON(Int(set.manifest.seed)),
    ]
  }

  public var secondsPerShard: Double { Double(excerptFrames) / 75 }

  public func shard(_ random: inout ShardRandom) -> Shard {
    let piece = set.pieces[random.integer(in: 0..<set.learned)]
    let hop = model.configuration.source.hop
    let first = random.integer(in: 0..<max(1, piece.samples / hop - excerptFrames))
    let bank = SourceBank(model.configuration.source, table: model.table, noise: noiseBands)
    let excerpt = Excerpt(
      piece, first: first, frames: excerptFrames, margin: model.encoder.margin, bank: bank)
    let noise = Tensor(zeros: Shape(1, excerptFrames, model.configuration.latentWidth))
    let level = 0.4 * random.uniform()
    random.normal(into: noise.data, count: noise.shape.count)
    return Shard(excerpt: excerpt, noise: noise * level)
  }

  public func losses(_ shard: Shard) -> Losses {
    let excerpt = shard.excerpt
    var state = model.decoder.silence()
    let latents = model.encoder(excerpt.audio, energy: excerpt.energy) + shard.noise
    let sound = model.decoder(latents, source: excerpt.source, energy: excerpt.energy, state: &state)
    return Losses(loss(sound.reshaped(excerpt.target.shape), target: excerpt.target))
  }

  /// Plays the piece that is kept: from sound to latents and back.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    let audition = Audition(set.pieces[set.kept], codec: VoiceCodec(model))
    let sound = audition.sound(audition.latents)
    try audition.write(sound, step: step, folder: folder)
    return [Measure("loss of the kept piece", loss(sound, target: audition.original).scalar)]
  }
}
