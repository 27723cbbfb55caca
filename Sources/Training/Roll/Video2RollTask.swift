// Video2RollTask: the paper's network learns which keys are down, from above, as its authors trained it.
// Its norms take each shard's statistics while it learns; those that it is used with are measured over the clips afterwards.
import Conditioning
import Evaluation
import Foundation
import Layers
import Tensors

/// Trains a `Video2Roll` on a set of full strips.
public struct Video2RollTask: TrainingTask {
  static let title = "video2roll"
  /// Shards whose statistics are measured for use.
  private static let measured = 64

  public let name = Self.title
  public let configuration: JSON
  public let weights: Weights
  private let model: Video2Roll
  private let set: RollSet
  private let sampler: RollSampler
  private let loss: RollLoss
  private let seed: UInt64

  /// - Parameters:
  ///   - windows: of a shard, whose statistics the norms take: not one alone.
  ///   - varies: changes looks, rates and ranges of what is drawn.
  public init(set: RollSet, loss: RollLoss = RollLoss(), seed: UInt64, windows: Int = 8, varies: Bool = true) throws {
    guard set.recipe == .full else { throw TrainingError("\(set.folder.path): \(set.recipe.mismatch(.full))") }
    guard windows > 1 else { throw TrainingError("expected two windows a shard or more, whose statistics norms take") }
    (model, weights) = try Weights.make(from: RandomWeights(seed: seed), tracked: true) { Video2Roll($0) }
    (self.set, self.loss, self.seed) = (set, loss, seed)
    sampler = try Self.sampler(set, windows: windows, varies: varies)
    configuration = [
      "keys": JSON(StripGeometry.keys), "set": set.identity, "loss": JSON(loss.kind.rawValue),
      "windows": JSON(windows), "varies": .bool(varies),
    ]
  }

  private static func sampler(_ set: RollSet, windows: Int, varies: Bool) throws -> RollSampler {
    try RollSampler(
      set, clips: set.learned, views: [.top], pedals: false, windows: windows, rate: RollTask.rate, varies: varies)
  }

  public func shard(_ random: inout ShardRandom) throws -> RollShard { try sampler.shard(&random) }

  public func losses(_ shard: RollShard) -> Losses { loss.down(model(shard.input.strips[.top]!, .ofBatch), shard) }

  /// Writes the weights as they are, and reads up to four kept clips.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    let path = folder + "/predictor.safetensors"
    try Self.write(model, weights, sampler, seed: seed, card: [:], to: path)
    let clips = set.kept.map { set.clips[$0] }.filter { $0.has([.top]) }.prefix(4)
    guard !clips.isEmpty else { return [] }
    let row = try RollTable.row("top", Video2RollPredictor(path: path), Array(clips), views: [.top])
    return [
      Measure("frame F1, top", Float(row.frames.perFrame.f1)), Measure("onset F, top", Float(row.notes.onset.f1)),
    ]
  }

  /// Measures the statistics, and writes a file under the names of the released code.
  private static func write(
    _ model: Video2Roll, _ weights: Weights, _ sampler: RollSampler, seed: UInt64, card: [String: String],
    to path: String
  ) throws {
    let measurement = BatchMeasurement()
    for number in 0..<measured {
      var random = ShardRandom(seed: seed, step: 0, shard: number)
      _ = model(try sampler.shard(&random).input.strips[.top]!.untracked, .measuring(measurement)).untracked
    }
    measurement.settle()
    try SafeTensors.write(
      weights.entries.map { ($0.name, $0.tensor) }, metadata: card, type: .bfloat16,
      isExact: { $0.contains("running_") }, to: path)
  }

  /// A run's averaged weights, with their statistics.
  static func export(run: String, set: RollSet, to path: String) throws {
    let (description, checkpoint) = try lastCheckpoint(run, task: title)
    let average = try SafeTensors(path: checkpoint.file("average"))
    let (model, weights) = try Weights.make(from: average) { Video2Roll($0) }
    let windows = description["windows"]?.integer ?? 8
    try write(
      model, weights, sampler(set, windows: windows, varies: true), seed: 1,
      card: RollExport.card(set, step: checkpoint.step), to: path)
  }
}
