// StageStart: where a stage begins: with random weights, or with those of the stage before, of which a model keeps what it has
// and begins afresh what it gains.
import Generator
import Tensors

public struct StageStart: Sendable {
  /// The run before; nil where there is none.
  public let before: TrainedStage?
  public let seed: UInt64
  /// Which encoders made the features.
  public let encoders: JSON

  public init(seed: UInt64, encoders: JSON) { (before, self.seed, self.encoders) = (nil, seed, encoders) }

  /// Goes on from a run, with its encoders.
  public init(_ before: TrainedStage, seed: UInt64) {
    (self.before, self.seed, encoders) = (before, seed, before.encoders)
  }

  /// The weights of the run before, without those of a roll stream that reads something else, over random ones.
  func source(_ generator: GeneratorConfiguration) -> any WeightSource {
    guard let before else { return RandomWeights(seed: seed) }
    let isSameRoll = generator.conditionWidth == before.model.configuration.conditionWidth
    let table = before.weights.table.filter { name, _ in
      TrainedStage.isGenerator(name) && (isSameRoll || !TrainedStage.isRoll(name))
    }
    return WeightTable(table, over: RandomWeights(seed: seed))
  }

  /// What every stage says of itself in its run, and what this one adds.
  func description(
    _ generator: GeneratorConfiguration, _ statistics: LatentStatistics, _ more: [JSON.Member]
  ) -> JSON {
    let settings: JSON = .object([.init("generator", generator.json), .init("encoders", encoders)] + more)
    return settings.with("from", before.map { JSON($0.identity) }).with("statistics", statistics.json)
  }
}
