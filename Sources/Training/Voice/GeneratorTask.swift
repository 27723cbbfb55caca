// GeneratorTask: the velocity field of the flow, learned for every block size at once.
// A tenth of the time it is told nothing of the score.
import Codec
import Foundation
import Generator
import Layers
import Score
import Tensors

/// Trains a `MultiStreamTransformer` on a latent set.
public struct GeneratorTask: TrainingTask {
  public struct Shard: Sendable {
    let flow: FlowExample
    /// [2, frames, conditionWidth], and where each token stands.
    let condition: Tensor, place: Placement
  }

  /// How often there is no score, of all examples: what guidance leads away from.
  enum Share { static let absent: Float = 0.1 }

  public let name = "generator"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  public let frames: Int
  private let sets: [(set: PianoSet, latents: LatentSet)], codec: VoiceCodec

  /// - Parameters:
  ///   - others: sets that are learned, too, each as often as the first, whose last piece is kept; their latents are normalised
  ///     as the first's.
  ///   - codec: made the latents, and makes sound of them when the run is listened to.
  ///   - identity: which codec that is, for the run's description.
  ///   - voice: whose generator training begins with; nil for random weights.
  ///   - frames: the length of a sequence.
  ///   - recomputes: takes a fraction of the memory and a third more time; the result is the same.
  public init(
    _ generator: GeneratorConfiguration, set: PianoSet, latents: LatentSet,
    others: [(set: PianoSet, latents: LatentSet)] = [], codec: VoiceCodec, identity: String, seed: UInt64,
    from voice: TrainedVoice? = nil, frames: Int = 192, recomputes: Bool = false
  ) throws {
    let start = WeightTable(voice?.generator.weights.table ?? [:], over: RandomWeights(seed: seed))
    (model, weights) = try Weights.make(from: start, tracked: true) { MultiStreamTransformer($0, generator) }
    sets = [(set, latents)] + others
    if let shortest = sets.flatMap(\.latents.frames).min(), shortest < frames {
      throw TrainingError("the shortest piece has \(shortest) frames, fewer than the \(frames) of an example")
    }
    model.recomputes = recomputes
    (self.codec, self.frames) = (codec, frames)
    let description: JSON = [
      "generator": generator.json, "codec": JSON(identity), "frames": JSON(frames), "pieces": JSON(set.learned),
    ]
    configuration = description.with("from", voice.map { JSON($0.identity) }).with("statistics", voice?.statistics.json)
      .with("others", others.isEmpty ? nil : .array(others.map { JSON($0.set.learned) }))
  }

  public var secondsPerShard: Double { Double(frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let choice = random.choice(of: sets.count)
    let (set, latents) = sets[choice]
    let index = set.drawn(&random)
    let first = random.integer(in: 0..<max(1, latents.frames[index] - frames))
    let flow = FlowExample(try latents.normalised(index, first: first, frames: frames), &random)
    let one = random.uniform() < Share.absent ? absent : try condition(choice, index, first: first)
    return Shard(
      flow: flow, condition: concatenate([one, one], axis: 0),
      place: FlowExample.place(frames: frames, window: model.configuration.window, &random))
  }

  private var absent: Tensor { Condition.absent(frames: frames, width: model.configuration.conditionWidth) }

  /// What the network is told of some frames of a set's piece, [1, frames, conditionWidth].
  private func condition(_ choice: Int, _ index: Int, first: Int) throws -> Tensor {
    let (set, latents) = sets[choice]
    let energy = try latents.energy(index, first: first, frames: frames)
    let bands = energy.shape[1]
    return Condition.rows(
      roll: Excerpt.roll(set.pieces[index], first: first, frames: frames), energy: energy.data,
      stride: bands, harmonicBands: bands)
  }

  public func losses(_ shard: Shard) -> Losses {
    var past: [KeyValue] = []
    let velocity = model(
      shard.flow.latents, condition: shard.condition, time: shard.flow.time, shard.place, past: &past)
    return Losses(shard.flow.error(velocity))
  }

  /// Performs the piece that is kept, in blocks of 2 frames and 4 steps, each block on the past that it made itself.
  /// That error, of latents whose variance is 1, is what a listener hears; the losses see a past without faults.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    try evaluate(step: step, folder: folder, steps: 4)
  }

  /// The same with another number of steps of the flow.
  func evaluate(step: Int, folder: String, steps: Int) throws -> [Measure] {
    let (set, latents) = sets[0]
    let audition = try Audition(set.pieces[set.kept], codec: codec)
    let performed = audition.perform(model, latents, steps: steps)
    try audition.write(audition.sound(performed), step: step, folder: folder)
    let difference = (performed - audition.latents).reshaped(audition.frames, model.configuration.latentWidth)
    let error = meanSquare(difference * latents.precision).scalar
    return [Measure("error when performing in \(steps) steps", error)]
  }
}
