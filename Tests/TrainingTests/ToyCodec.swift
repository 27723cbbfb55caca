// ToyCodec: pieces of eight samples through three numbers and back, so that adversarial training can be tried in a second.
import Glibc
import Layers
import Tensors
import Training

struct ToyCodec: ReconstructionTask {
  struct Sound: Sendable {
    let samples: Tensor
  }

  let name = "toy codec"
  let configuration: JSON = ["latents": 3]
  let weights: Weights
  let sampleRate = 24000
  /// The samples of this step are infinite where nothing but the discriminator looks.
  let poisonedStep: Int?
  private let encoder: Linear, decoder: Linear

  init(poisonedStep: Int? = nil) throws {
    let made = try Weights.make(from: RandomWeights(seed: 4), tracked: true) { w in
      (Linear(w / "encoder", inputs: 8, outputs: 3), Linear(w / "decoder", inputs: 3, outputs: 8))
    }
    (encoder, decoder) = made.model
    weights = made.weights
    self.poisonedStep = poisonedStep
  }

  func shard(_ random: inout ShardRandom) throws -> Sound {
    let samples = Tensor(zeros: Shape(1, 256))
    let (pitch, phase) = (0.05 + 0.3 * random.uniform(), 6 * random.uniform())
    random.normal(into: samples.data, count: 256)
    for index in 0..<256 { samples[index] = 0.05 * samples[index] + sinf(pitch * Float(index) + phase) }
    if random.step == poisonedStep { samples[100] = .infinity }
    return Sound(samples: samples)
  }

  func reconstruct(_ shard: Sound) -> Reconstruction {
    let finite = Tensor(shard.samples.shape, shard.samples.array.map { $0.isFinite ? $0 : 0 })
    let output = decoder(encoder(finite.reshaped(1, 32, 8))).reshaped(1, 256)
    return Reconstruction(target: shard.samples, output: output)
  }

  func losses(_ shard: Sound) -> Losses {
    let made = reconstruct(shard)
    return Losses(WaveformLoss.value(made.output, target: made.target))
  }
}
