// EnCodecTask: an EnCodec learns to carry a piano's sound over its latents, from nothing or from the weights of others.
// Codebooks are not trained: generators learn the latents before they are quantised.
import Codec
import Foundation
import Tensors

/// The networks of an EnCodec, as they are trained together.
public struct EnCodecModel: Sendable {
  public let configuration: EnCodecConfiguration
  public let encoder: EnCodecEncoder
  public let decoder: SEANet

  public init(_ w: Scope, _ c: EnCodecConfiguration) {
    configuration = c
    encoder = EnCodecEncoder(w / "encoder", c)
    decoder = SEANet.decoder(w / "decoder", c)
  }
}

/// Where an EnCodec begins: a folder with weights, a run, or a configuration alone.
public enum EnCodecStart: Sendable {
  case weights(folder: String)
  case run(String)
  case configuration(file: String)

  /// A folder, a run's folder, or a `config.json`.
  public init(path: String) {
    let isRun = FileManager.default.fileExists(atPath: path + "/run.json")
    self = isRun ? .run(path) : path.hasSuffix(".json") ? .configuration(file: path) : .weights(folder: path)
  }

  /// The configuration and the weights that training begins with.
  ///
  /// - Throws: an error with the path, and why no voice could play such a codec.
  func open(seed: UInt64) throws -> (configuration: EnCodecConfiguration, source: any WeightSource, identity: String) {
    switch self {
    case .weights(let folder):
      let (c, source) = try EnCodec.weights(in: folder, parts: ["encoder", "decoder"])
      try EnCodecStart.check(c, folder)
      return (c, source, "weights \(try EnCodec.open(folder).identity)")
    case .run(let run):
      let trained = try TrainedCodec(run: run)
      guard case .encodec(let c) = trained.model.configuration else {
        throw TrainingError("\(run): expected the run of an EnCodec, found a frame codec's")
      }
      let named = Dictionary(uniqueKeysWithValues: trained.weights.entries.map { ($0.name, $0.tensor) })
      return (c, WeightTable(named, over: RandomWeights(seed: 0)), "\(run) \(trained.version)")
    case .configuration(let file):
      let c = try EnCodec.configuration(file: file)
      try EnCodecStart.check(c, file)
      return (c, RandomWeights(seed: seed), "random weights")
    }
  }

  static func check(_ c: EnCodecConfiguration, _ path: String) throws {
    if let obstacle = LatentCodec.encodec(c).obstacleToPlaying {
      throw TrainingError("\(path): expected a codec that can be played live, found: \(obstacle)")
    }
  }
}

/// Trains an `EnCodecModel` on the sound of a piano set.
public struct EnCodecTask: ReconstructionTask {
  public struct Shard: Sendable {
    /// [1, samples], and noise for the latents, [1, frames, latentWidth].
    let target: Tensor, noise: Tensor
  }

  public let name = "codec"
  public let configuration: JSON
  public let weights: Weights
  public let model: EnCodecModel
  public let excerptFrames: Int
  private let set: PianoSet
  private let spectral = SpectralLoss(), mel: MelLoss

  /// - Parameters:
  ///   - start: weights to go on from, or a configuration to begin with.
  ///   - excerptFrames: the length of a shard's excerpt; 75 are a second.
  ///   - decoderOnly: the encoder stays as it is, so that latents mean to generators what they meant.
  public init(
    _ start: EnCodecStart, set: PianoSet, seed: UInt64, excerptFrames: Int = 75, decoderOnly: Bool = false
  ) throws {
    let (c, source, identity) = try start.open(seed: seed)
    let frozen = { (name: String) in decoderOnly && name.hasPrefix("encoder.") }
    (model, weights) = try Weights.make(from: source, tracked: true, frozen: frozen) { EnCodecModel($0, c) }
    mel = MelLoss(sampleRate: c.sampleRate)
    self.set = set
    self.excerptFrames = excerptFrames
    configuration = [
      "codec": LatentCodec.encodec(c).json, "from": JSON(identity), "excerptFrames": JSON(excerptFrames),
      "decoderOnly": .bool(decoderOnly), "pieces": JSON(set.learned), "set": set.manifest.identity,
    ]
  }

  /// Hz.
  public var sampleRate: Int { model.configuration.sampleRate }
  public var secondsPerShard: Double { Double(excerptFrames * model.configuration.hop) / Double(sampleRate) }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let c = model.configuration
    let piece = set.pieces[random.integer(in: 0..<set.learned)]
    let samples = excerptFrames * c.hop
    let sound = try piece.audio(from: random.integer(in: 0..<max(1, piece.samples - samples)), count: samples)
    let noise = Tensor(zeros: Shape(1, excerptFrames, c.latentWidth))
    let level = 0.2 * random.uniform()
    random.normal(into: noise.data, count: noise.shape.count)
    return Shard(target: Tensor(Shape(1, samples), sound), noise: noise * level)
  }

  /// Noise in proportion to the latents teaches the decoder to forgive a generator that is not exact.
  public func reconstruct(_ shard: Shard) -> Reconstruction {
    let latents = model.encoder.network(shard.target.reshaped(1, shard.target.shape[1], 1))
    let size = meanSquare(latents.untracked).scalar.squareRoot()
    let sound = model.decoder(latents + shard.noise * size).reshaped(shard.target.shape)
    return Reconstruction(target: shard.target, output: sound)
  }

  /// The distance of the waveforms, which counts tenfold, of the spectra and of the mel spectra.
  public func losses(_ shard: Shard) -> Losses {
    let made = reconstruct(shard)
    let waveform = WaveformLoss.value(made.output, target: made.target)
    let spectrum = spectral(made.output, target: made.target)
    let heard = mel(made.output, target: made.target)
    return Losses(
      waveform * 10 + spectrum + heard,
      [
        Measure("waveform", waveform.scalar), Measure("spectral", spectrum.scalar), Measure("mel", heard.scalar),
      ])
  }

  /// Plays the piece that is kept: from sound to latents and back.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    let audition = try Audition(set.pieces[set.kept], codec: VoiceCodec(model))
    let sound = audition.sound(audition.latents)
    try audition.write(sound, step: step, folder: folder)
    return [Measure("loss of the kept piece", spectral(sound, target: audition.original).scalar)]
  }
}
