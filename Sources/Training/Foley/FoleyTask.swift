// FoleyTask: stage 1: sound is learned from words, then from words and films together; in both, from events where the model
// has a stream for them.
import Generator
import Layers
import Tensors

/// Trains a `MultiStreamTransformer` on a set of clips.
public struct FoleyTask: TrainingTask {
  public enum Part: String, Sendable, CaseIterable {
    /// Words alone: films are not shown, and clips without captions not drawn.
    case words
    /// All clips, with whatever they have.
    case joint
  }

  public struct Shard: Sendable { let example: ClipExample }

  public let name = "stage1"
  public let configuration: JSON
  public let weights: Weights
  public private(set) var model: MultiStreamTransformer
  private let learned: ClipSampler, kept: ClipSampler?

  /// - Parameters:
  ///   - learned: what is learned from; `kept`: what is measured on, never learned.
  ///   - start: where the weights come from, and what the run will say of it.
  ///   - frames: of an example; the sets were opened for as many.
  ///   - recomputes: takes a fraction of the memory and a third more time; the result is the same.
  /// - Throws: `TrainingError` where no clip has what the part needs; `WeightsError`.
  public init(
    _ generator: GeneratorConfiguration, _ part: Part, learned: FoleySet, kept: FoleySet?, start: StageStart,
    frames: Int, recomputes: Bool = false
  ) throws {
    let sees = part == .joint
    self.learned = try ClipSampler(learned, generator, frames: frames, seesFilms: sees, lacking: "captions") {
      sees || !$0.captions.isEmpty
    }
    self.kept = try kept.map { try ClipSampler($0, generator, frames: frames, seesFilms: sees, lacking: "anything") }
    (model, weights) = try Weights.make(from: start.source(generator), tracked: true) {
      MultiStreamTransformer($0, generator)
    }
    model.recomputes = recomputes
    configuration = start.description(
      generator, learned.statistics,
      [
        .init("part", JSON(part.rawValue)), .init("frames", JSON(frames)),
        .init("clips", JSON(self.learned.drawn.count)),
      ])
  }

  public var secondsPerShard: Double { Double(learned.frames) / 75 }

  public func shard(_ random: inout ShardRandom) throws -> Shard { Shard(example: try learned.example(&random)) }

  public func losses(_ shard: Shard) -> Losses { Losses(shard.example.error(model, shard.example.guides)) }

  public func evaluate(step: Int, folder: String) throws -> [Measure] { try Self.measures(kept, model) }
}
