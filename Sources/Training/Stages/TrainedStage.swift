// TrainedStage: the model of a stage's run, with its averaged weights, and what one must know to use it: the encoders of its
// features, and what its latents are normalised with.
import Foundation
import Generator
import Tensors

public struct TrainedStage: Sendable {
  public static let names = ["stage1", "stage2", "stage3"]

  public let model: MultiStreamTransformer
  public let weights: Weights
  public let statistics: LatentStatistics
  /// Which stage: one of `names`.
  public let name: String
  /// As `ClipEncoders.json` wrote it.
  public let encoders: JSON
  public let step: Int, path: String

  /// For the description of a run that begins here.
  public var identity: String { "\(path) step \(step)" }

  /// Opens a run.
  ///
  /// - Parameter stages: those that will do.
  /// - Throws: `TrainingError` where there is no run, another one, or no checkpoint; an error with a file's path.
  public init(run path: String, _ stages: [String] = TrainedStage.names) throws {
    let found = try RunFolder.configuration(path)["task"]?.string ?? "none"
    guard stages.contains(found) else {
      let wanted = stages.map { "`fotoplayer-train \($0)`" }.joined(separator: " or ")
      throw TrainingError("\(path): expected a run of \(wanted), found one of \(found)")
    }
    let (description, checkpoint) = try lastCheckpoint(path, task: found)
    let configuration = try GeneratorConfiguration(description["generator"] ?? .null)
    guard let statistics = LatentStatistics(description["statistics"]), let encoders = description["encoders"],
      statistics.mean.shape == Shape(configuration.latentWidth)
    else { throw TrainingError("\(path)/run.json: expected the encoders and statistics of a stage, found none") }
    let average = try SafeTensors(path: checkpoint.file("average"))
    let table = try Dictionary(
      uniqueKeysWithValues: average.names.filter(Self.isGenerator).map { ($0, try average.tensor($0)) })
    (model, weights) = try Weights.make(from: WeightTable(table, over: NoWeights())) {
      MultiStreamTransformer($0, configuration)
    }
    (self.statistics, self.encoders, self.path, name, step) = (statistics, encoders, path, found, checkpoint.step)
  }

  /// Latents with a mean of 0 and a variance of 1 as the codec has them, of the same shape.
  public func latents(_ normalised: Tensor) -> Tensor {
    let width = statistics.mean.shape[0]
    let (mean, deviation) = (statistics.mean, statistics.deviation)
    return Tensor(
      normalised.shape, normalised.array.enumerated().map { $1 * deviation[$0 % width] + mean[$0 % width] })
  }

  /// What stages train beside the generator is named below these: heads of a contrastive loss, a roll predictor.
  static let contrast = "contrast", predictor = "predictor"

  static func isGenerator(_ name: String) -> Bool {
    !name.hasPrefix(contrast + ".") && !name.hasPrefix(predictor + ".")
  }

  /// The roll stream and its exchanges.
  static func isRoll(_ name: String) -> Bool { name.hasPrefix("roll.") || name.hasPrefix("exchanges.") }
}

/// Has none: what a table lacks is said.
private struct NoWeights: WeightSource {
  var names: [String] { [] }
  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    throw WeightsError("\(name): expected \(tensor.shape), found none")
  }
}
