// GeneratorTask: the velocity field of the flow, learned for every block size at once.
// Each sequence is [clean copy ; noisy copy] with the mask of its block size; the clean copy is the past that a block
// sees. Half of the time it is noised, and the network told how much; a quarter of the time it is hidden, so that the
// score must be read and not the past continued.
import Codec
import Foundation
import Generator
import Layers
import Score
import Tensors

/// Trains a `MultiStreamTransformer` on a latent set.
public struct GeneratorTask: TrainingTask {
  public struct Shard: Sendable {
    /// x_t and the field's target: [2, frames, latentWidth] (clean copy, noisy copy) and [1, frames, latentWidth].
    let latents: Tensor, target: Tensor
    /// [2, frames, conditionWidth], the flow times [2], and where each token stands.
    let condition: Tensor, time: Tensor
    let place: Placement
  }

  /// How often is what: of all examples.
  enum Share { static let absent: Float = 0.1, hidden: Float = 0.25, clean: Float = 0.4 }

  public let name = "generator"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  public let frames: Int
  private let set: PianoSet, latents: LatentSet, codec: VoiceCodec

  /// - Parameters:
  ///   - codec: made the latents, and makes sound of them when the run is listened to.
  ///   - identity: which codec that is, for the run's description.
  ///   - voice: whose generator training begins with; nil for random weights.
  ///   - frames: the length of a sequence.
  ///   - recomputes: takes a fraction of the memory and a third more time; the result is the same.
  public init(
    _ generator: GeneratorConfiguration, set: PianoSet, latents: LatentSet, codec: VoiceCodec, identity: String,
    seed: UInt64, from voice: TrainedVoice? = nil, frames: Int = 192, recomputes: Bool = false
  ) throws {
    let start = WeightTable(voice?.generator.weights.table ?? [:], over: RandomWeights(seed: seed))
    (model, weights) = try Weights.make(from: start, tracked: true) { MultiStreamTransformer($0, generator) }
    if let shortest = latents.frames.min(), shortest < frames {
      throw TrainingError("the shortest piece has \(shortest) frames, fewer than the \(frames) of an example")
    }
    model.recomputes = recomputes
    (self.set, self.latents, self.codec, self.frames) = (set, latents, codec, frames)
    let description: JSON = [
      "generator": generator.json, "codec": JSON(identity), "frames": JSON(frames), "pieces": JSON(set.learned),
    ]
    configuration = description.with("from", voice.map { JSON($0.identity) }).with("statistics", voice?.statistics.json)
  }

  public var secondsPerShard: Double { Double(frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let index = set.drawn(&random)
    let first = random.integer(in: 0..<max(1, latents.frames[index] - frames))
    let c = model.configuration
    let width = c.latentWidth
    let count = frames * width
    let z = try latents.normalised(index, first: first, frames: frames)
    let target = Tensor(zeros: Shape(1, frames, width))
    let x = Tensor(zeros: Shape(2, frames, width))
    let noise = Tensor(zeros: Shape(2, frames, width))
    random.normal(into: noise.data, count: noise.shape.count)
    let flow = random.uniform()
    let level = random.uniform() < Share.clean ? 0 : random.uniform()
    let times: [Float] = [1 - level, flow]
    for copy in 0..<2 {
      for i in 0..<count {
        let n = noise[copy * count + i]
        x[copy * count + i] = (1 - times[copy]) * n + times[copy] * z[i]
        if copy == 1 { target[i] = z[i] - n }
      }
    }
    let one = random.uniform() < Share.absent ? absent : try condition(index, first: first)
    let condition = concatenate([one, one], axis: 0)
    let sizes = [1, 2, 2, 3, 3, 4, 6, 8, 12, 24, 48, frames]
    let block = sizes[random.integer(in: 0..<sizes.count)]
    let positions = Tensor(Shape(2 * frames), (0..<2 * frames).map { Float($0 % frames) })
    let mask = BlockMask.training(
      frames: frames, block: block, offset: random.integer(in: 0..<block), window: c.window,
      seesPast: random.uniform() >= Share.hidden)
    return Shard(
      latents: x, target: target, condition: condition, time: Tensor(Shape(2), times),
      place: Placement(queries: positions, keys: positions, mask: mask, copies: 2))
  }

  private var absent: Tensor { Condition.absent(frames: frames, width: model.configuration.conditionWidth) }

  /// What the network is told of some frames of a piece, [1, frames, conditionWidth].
  private func condition(_ index: Int, first: Int) throws -> Tensor {
    let energy = try latents.energy(index, first: first, frames: frames)
    let bands = energy.shape[1]
    return Condition.rows(
      roll: Excerpt.roll(set.pieces[index], first: first, frames: frames), energy: energy.data,
      stride: bands, harmonicBands: bands)
  }

  public func losses(_ shard: Shard) -> Losses {
    var past: [KeyValue] = []
    let velocity = model(
      shard.latents, condition: shard.condition, time: shard.time, shard.place, past: &past)
    return Losses(meanSquare(velocity.slice(axis: 0, start: 1, length: 1) - shard.target))
  }

  /// Performs the piece that is kept, in blocks of 2 frames and 4 steps, each block on the past that it made itself.
  /// That error, of latents whose variance is 1, is what a listener hears; the losses see a past without faults.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    try evaluate(step: step, folder: folder, steps: 4)
  }

  /// The same with another number of steps of the flow.
  func evaluate(step: Int, folder: String, steps: Int) throws -> [Measure] {
    let audition = try Audition(set.pieces[set.kept], codec: codec)
    let performed = audition.perform(model, latents, steps: steps)
    try audition.write(audition.sound(performed), step: step, folder: folder)
    let difference = (performed - audition.latents).reshaped(audition.frames, model.configuration.latentWidth)
    let error = meanSquare(difference * latents.precision).scalar
    return [Measure("error when performing in \(steps) steps", error)]
  }
}
