// T5Snapshot: a T5's encoder from a folder as it was downloaded. The decoder, which most folders have, is not read.
import Tensors

/// A folder with a T5.
public struct T5Snapshot: Sendable {
  public let snapshot: Snapshot
  public let configuration: T5Configuration
  private let source: SnapshotWeights

  /// - Throws: `WeightsError` that says which file is missing and where it comes from, or what is wrong with one.
  public init(_ place: String) throws(WeightsError) {
    snapshot = try Snapshot(place, kind: .text)
    configuration = try snapshot.read { (json) throws(ConfigurationError) in try T5Configuration(json) }
    source = try snapshot.weights { $0.hasPrefix("encoder.") || $0 == "shared.weight" }
    try source.check(expected: configuration.count, folder: snapshot.folder)
  }

  /// Reads the encoder's weights.
  ///
  /// - Throws: `WeightsError` that lists what is missing, misshapen or unknown.
  public func encoder() throws(WeightsError) -> T5Encoder {
    let (c, source) = (configuration, T5Weights(source))
    do {
      return try Storage.onOwnPages { () throws(WeightsError) in
        try Weights.make(from: source) { T5Encoder($0, c) }.model
      }
    } catch { throw WeightsError("\(snapshot.folder): \(error)") }
  }

  /// A digest of the weights and of how features are made of them; it takes as long as reading them.
  public func identity() throws(WeightsError) -> String { try source.identity("t5 encoder 1 \(configuration)") }
}

/// The table of tokens has two names in some files, and one or the other in most.
private struct T5Weights: WeightSource {
  private static let (ours, theirs) = ("shared.weight", "encoder.embed_tokens.weight")
  let source: SnapshotWeights

  init(_ source: SnapshotWeights) { self.source = source }

  var names: [String] { source.names.filter { $0 != Self.theirs } }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    let isRenamed = name == Self.ours && source.shape(name) == nil && source.shape(Self.theirs) != nil
    try source.fill(isRenamed ? Self.theirs : name, tensor, initial: initial)
  }
}
