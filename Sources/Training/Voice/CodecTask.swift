// CodecTask: encoder and decoder learn to carry sound over the latents, a piano's on top of what its strings do alone.
// Noise on the latents teaches the decoder to forgive a generator that is not exact.
import Codec
import Foundation
import Score
import Tensors

/// Where a codec's training begins.
public struct CodecStart {
  public let weights: any WeightSource
  /// For the run's settings: another beginning is another run.
  public let identity: String

  public init(_ weights: any WeightSource, identity: String) {
    self.weights = weights
    self.identity = identity
  }

  /// Where another run stopped: its averaged weights.
  public init(_ codec: TrainedCodec, run: String) {
    self.init(WeightTable(codec.weights.table, over: RandomWeights(seed: 0)), identity: "\(run) \(codec.version)")
  }

  /// Where a voice stands.
  public init(_ voice: TrainedVoice) {
    self.init(WeightTable(voice.codec.weights.table, over: RandomWeights(seed: 0)), identity: voice.identity)
  }
}

/// Trains a `CodecModel` on a piano set, or on the sounds of clips.
public struct CodecTask: ReconstructionTask {
  public struct Shard: Sendable {
    let excerpt: Excerpt
    let noise: Tensor
  }

  public let name = "codec"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: CodecModel
  public let excerptFrames: Int
  private let set: PianoSet, others: [PianoSet]
  private let noiseBands: NoiseBands
  private let loss = SpectralLoss()

  /// - Parameters:
  ///   - others: sets that are learned, too, each as often as the first, whose last piece is kept.
  ///   - strings: the measured tables, named as below `source`; none where it has no strings.
  ///   - excerptFrames: the length of a shard's excerpt.
  ///   - start: where the weights begin; by default at random.
  ///   - decoderOnly: the encoder stays as it is, so that latents mean to generators what they meant.
  ///   - recomputes: takes a fraction of the memory and a third more time; the result is the same.
  public init(
    _ configuration: CodecConfiguration, set: PianoSet, others: [PianoSet] = [], strings: [String: Tensor],
    seed: UInt64, excerptFrames: Int = 192, from start: CodecStart? = nil, decoderOnly: Bool = false,
    recomputes: Bool = false
  ) throws {
    let named = Dictionary(uniqueKeysWithValues: strings.map { ("source." + $0.key, $0.value) })
    let source = WeightTable(named, over: start?.weights ?? RandomWeights(seed: seed))
    let frozen = { (name: String) in decoderOnly && name.hasPrefix("encoder.") }
    (model, weights) = try Weights.make(from: source, tracked: true, frozen: frozen) { CodecModel($0, configuration) }
    model.recomputes = recomputes
    (self.set, self.others) = (set, others)
    self.excerptFrames = excerptFrames
    noiseBands = NoiseBands(configuration.source.noise, sampleRate: Double(configuration.source.sampleRate))
    let settings: [JSON.Member] = [
      .init("codec", configuration.json), .init("excerptFrames", JSON(excerptFrames)),
      .init("pieces", JSON(set.learned)), .init("set", set.manifest.identity),
    ]
    let beginning = start.map {
      [JSON.Member("from", JSON($0.identity)), .init("decoderOnly", .bool(decoderOnly))]
    }
    let beside = others.map { JSON.object([.init("pieces", JSON($0.learned)), .init("set", $0.manifest.identity)]) }
    self.configuration = JSON.object(settings + (beginning ?? [])).with("others", others.isEmpty ? nil : .array(beside))
  }

  public var sampleRate: Int { model.configuration.source.sampleRate }

  public var secondsPerShard: Double { Double(excerptFrames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let choice = random.choice(of: others.count + 1)
    let set = choice == 0 ? set : others[choice - 1]
    let piece = set.pieces[set.drawn(&random)]
    let hop = model.configuration.source.hop
    let first = random.integer(in: 0..<max(1, piece.samples / hop - excerptFrames))
    let bank = SourceBank(model.configuration.source, table: model.table, noise: noiseBands)
    let excerpt = try Excerpt(
      piece, first: first, frames: excerptFrames, margin: model.encoder.margin, bank: bank)
    let noise = Tensor(zeros: Shape(1, excerptFrames, model.configuration.latentWidth))
    let level = 0.4 * random.uniform()
    random.normal(into: noise.data, count: noise.shape.count)
    return Shard(excerpt: excerpt, noise: noise * level)
  }

  public func losses(_ shard: Shard) -> Losses {
    let made = reconstruct(shard)
    return Losses(loss(made.output, target: made.target))
  }

  public func reconstruct(_ shard: Shard) -> Reconstruction {
    let excerpt = shard.excerpt
    var state = model.decoder.silence()
    let latents = model.encoder(excerpt.audio, energy: excerpt.energy) + shard.noise
    let sound = model.decoder(latents, source: excerpt.source, energy: excerpt.energy, state: &state)
    return Reconstruction(target: excerpt.target, output: sound.reshaped(excerpt.target.shape))
  }

  /// Plays the piece that is kept: from sound to latents and back.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    let audition = try Audition(set.pieces[set.kept], codec: VoiceCodec(model))
    let sound = audition.sound(audition.latents)
    try audition.write(sound, step: step, folder: folder)
    return [Measure("loss of the kept piece", loss(sound, target: audition.original).scalar)]
  }
}
