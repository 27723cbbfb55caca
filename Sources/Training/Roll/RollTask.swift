// RollTask: a predictor learns to read keys, beginnings, velocities and pedals from strips of films.
// Kept clips are read as a whole now and then, and compared with their scores note by note.
import Conditioning
import Evaluation
import Foundation
import Score
import Tensors

/// What of a predictor is learned; the rest stays as it is.
public enum RollPart: String, Sendable, CaseIterable {
  case everything, keys, pedals

  /// Whether a weight belongs to it.
  func holds(_ name: String) -> Bool { self == .everything || name.hasPrefix("pedals.") == (self == .pedals) }
}

/// Trains a `StripPredictor` on a set of strips.
public struct RollTask: TrainingTask {
  /// Pictures a second of a window.
  public static let rate = 25.0

  public let name = "roll"
  public let configuration: JSON
  public let weights: Weights
  public let model: StripPredictor
  private let set: RollSet
  private let sampler: RollSampler
  private let loss: RollLoss

  /// - Parameters:
  ///   - start: what to begin with; views that it lacks begin as the view from above does.
  ///   - windows: of a shard.
  ///   - varies: changes looks, rates and ranges of what is drawn; false to see whether anything is learned at all.
  ///   - learned: keys or feet further; feet are quick.
  public init(
    _ network: StripConfiguration, set: RollSet, loss: RollLoss = RollLoss(), seed: UInt64,
    from start: RollStart? = nil, windows: Int = 8, varies: Bool = true,
    learned: RollPart = .everything
  ) throws {
    let wanted = RollSet.Recipe(network.strip)
    guard set.recipe == wanted else { throw TrainingError("\(set.folder.path): \(set.recipe.mismatch(wanted))") }
    let source = PredictorStart(start?.weights ?? [:], seed: seed)
    let frozen = { (name: String) in !learned.holds(name) }
    (model, weights) = try Weights.make(from: source, tracked: true, frozen: frozen) { StripPredictor($0, network) }
    (self.set, self.loss) = (set, loss)
    sampler = try RollSampler(
      set, clips: set.learned, views: network.views, velocity: network.velocity, pedals: network.pedals,
      windows: windows, rate: Self.rate, varies: varies, learned: learned)
    let settings: JSON = [
      "predictor": network.json, "set": set.identity, "loss": JSON(loss.kind.rawValue), "windows": JSON(windows),
      "varies": .bool(varies),
    ]
    configuration = settings.with("from", start.map { JSON($0.identity) }).with("thresholds", start?.thresholds.json)
      .with("learned", learned == .everything ? nil : JSON(learned.rawValue))
      .with(
        "velocityWeight", loss.velocityWeight == RollLoss.usualVelocityWeight ? nil : JSON(short: loss.velocityWeight))
  }

  public func shard(_ random: inout ShardRandom) throws -> RollShard { try sampler.shard(&random) }

  public func losses(_ shard: RollShard) -> Losses {
    guard shard.input.strips.isEmpty, let pictures = shard.input.pedal, let depths = model.depths(pictures) else {
      return loss(model(shard.input), shard)
    }
    return Losses(RollLoss.pedals(depths, shard))
  }

  /// Writes the predictor as it is, and has it read up to four kept clips, with the view from above and with all views.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    try Self.measures(set, model.configuration, weights, step: step, folder: folder)
  }

  /// The same of any predictor.
  static func measures(
    _ set: RollSet, _ network: StripConfiguration, _ weights: Weights, step: Int, folder: String
  ) throws -> [Measure] {
    let path = folder + "/predictor.safetensors"
    try RollPredictor.write(
      name: "step \(step)", network, weights, rate: rate, thresholds: RollThresholds(), to: path)
    let predictor = try RollPredictor(path: path)
    let clips = set.kept.map { set.clips[$0] }.filter { $0.has([.top]) }.prefix(4)
    var measures: [Measure] = []
    for (title, views) in [("top", [RollView.top]), ("all views", RollView.allCases)] {
      let found = Array(clips).filter { title == "top" || $0.views.count > 1 }
      guard !found.isEmpty, title == "top" || network.views.count > 1 else { continue }
      let row = try RollTable.row(title, predictor, found, views: views)
      measures.append(Measure("frame F1, \(title)", Float(row.frames.perFrame.f1)))
      measures.append(Measure("onset F, \(title)", Float(row.notes.onset.f1)))
      if let error = row.notes.velocityError, let guess = row.notes.velocityErrorOfMean, guess > 0 {
        measures.append(Measure("velocity error, \(title)", Float(error / guess)))
      }
      if row.sustain.wanted > 0 { measures.append(Measure("sustain F1, \(title)", Float(row.sustain.f1))) }
    }
    return measures
  }
}

/// A predictor's file to begin with.
public struct RollStart {
  public let configuration: StripConfiguration
  let weights: [String: Tensor], identity: String
  /// What an export keeps of them is what its clips do not tell.
  let thresholds: RollThresholds

  /// - Throws: `RollPredictorError` when the file is missing or is no predictor.
  public init(path: String) throws {
    let predictor = try RollPredictor(path: path)
    (configuration, thresholds) = (predictor.configuration, predictor.thresholds)
    let file = try SafeTensors(path: path)
    weights = try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0)) })
    identity = try FileDigest.text(path)
  }
}

/// Weights by name; a view that lacks begins as the one from above, what lacks otherwise at random.
package struct PredictorStart: WeightSource {
  private let known: [String: Tensor]
  private let random: RandomWeights

  package init(_ weights: [String: Tensor], seed: UInt64) { (known, random) = (weights, RandomWeights(seed: seed)) }

  /// What a file holds and the network does not want, such as a head of another step, is left.
  package var names: [String] { [] }

  package func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    let parts = name.split(separator: ".").map(String.init)
    let fromTop =
      parts.count > 2 && parts[0] == "views" ? (["views", "top"] + parts[2...]).joined(separator: ".") : name
    guard let found = known[name] ?? known[fromTop], found.shape == tensor.shape else {
      return random.fill(name, tensor, initial: initial)
    }
    tensor.data.update(from: found.data, count: tensor.shape.count)
  }
}
