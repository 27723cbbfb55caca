// CodecTrainingCase: the codec's step: from sound to latents and back, and how far the spectra are apart.
// Its first example is written down with what became of it, so that the peer can show that it computes the same.
import Codec
import Tensors
import Training

/// The codec's task with noise in place of music.
struct CodecTrainingCase: TrainingCase {
  static let frames = 192, shards = 4, steps = 6

  struct Shard: Sendable {
    let audio: Tensor, target: Tensor, source: Tensor, energy: Tensor, noise: Tensor
  }

  let name = "codec"
  let configuration: JSON = ["frames": JSON(CodecTrainingCase.frames)]
  let weights: Weights
  let secondsPerShard = Double(CodecTrainingCase.frames) / 75
  private let model: CodecModel
  private let loss = SpectralLoss()
  private let source: Tensor, energy: Tensor

  init(_ c: CodecConfiguration) throws {
    (model, weights) = try Weights.make(from: RandomWeights(seed: 1), tracked: true) { CodecModel($0, c) }
    var random = ShardRandom(seed: 1, step: 0, shard: 0)
    source = random.normal(1, Self.frames, c.source.bands, c.source.hop) * 0.01
    energy = BandEnergy(floor: FrameDecoder.energyFloor)(source)
  }

  /// One noise, and the same source every time: what a shard costs to prepare is told by a run's log ("waited").
  func shard(_ random: inout ShardRandom) -> Shard {
    let c = model.configuration
    let hop = c.source.hop
    let audio = random.normal(1, model.encoder.margin + Self.frames * hop) * 0.1
    return Shard(
      audio: audio,
      target: audio.slice(axis: 1, start: model.encoder.margin, length: Self.frames * hop), source: source,
      energy: energy, noise: random.normal(1, Self.frames, c.latentWidth) * 0.2)
  }

  func losses(_ shard: Shard) -> Losses {
    var state = model.decoder.silence()
    let latents = model.encoder(shard.audio, energy: shard.energy) + shard.noise
    let sound = model.decoder(latents, source: shard.source, energy: shard.energy, state: &state)
    return Losses(loss(sound.reshaped(shard.target.shape), target: shard.target))
  }

  /// Weights, one example, its loss, and the gradient of the first map that it passes through.
  func write(to folder: String) throws {
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    let shard = shard(&random)
    let total = losses(shard).total
    let first = weights.entries.first { $0.name == "encoder.input.weight" }!.tensor
    try SafeTensors.write(
      weights.entries.filter { !$0.name.hasPrefix("source.") }.map { ($0.name, $0.tensor) } + [
        ("audio", shard.audio), ("source", shard.source), ("energy", shard.energy), ("noise", shard.noise),
        ("loss", total), ("gradient", gradients(of: total, for: [first])[0]),
      ], to: "\(folder)/codec-training.safetensors")
  }
}
