// CLIPSnapshot: CLIP's vision tower from a folder as it was downloaded, with the rules for pictures beside it. The text
// tower, which most folders have, is not read.
import Tensors

/// A folder with a CLIP.
public struct CLIPSnapshot: Sendable {
  public let snapshot: Snapshot
  public let configuration: CLIPConfiguration
  public let preprocessing: ImagePreprocessing
  /// Whether the model has a map into the space that pictures share with captions.
  public let isProjected: Bool
  private let source: CLIPWeights

  /// - Throws: `WeightsError` that says which file is missing and where it comes from, or what is wrong with one.
  public init(_ place: String) throws(WeightsError) {
    snapshot = try Snapshot(place, kind: .vision)
    let c = try snapshot.read { (json) throws(ConfigurationError) in try CLIPConfiguration(json) }
    configuration = c
    source = CLIPWeights(try snapshot.weights { CLIPWeights.isWanted($0) }, patch: c.patch)
    isProjected = source.names.contains(CLIPWeights.projection)
    preprocessing = try Self.preprocessing(snapshot, c)
    try source.source.check(expected: c.count, folder: snapshot.folder)
  }

  /// Newer folders may have the rules within those of the whole processor.
  private static func preprocessing(
    _ snapshot: Snapshot, _ c: CLIPConfiguration
  ) throws(WeightsError) -> ImagePreprocessing {
    let name = "preprocessor_config.json"
    var (file, rules) = (name, try snapshot.json(name))
    if rules == nil, let inner = try snapshot.json("processor_config.json")?["image_processor"] {
      (file, rules) = ("processor_config.json", inner)
    }
    guard let rules else { throw snapshot.kind.missing("\(snapshot.folder)/\(name)", folder: snapshot.folder) }
    do { return try ImagePreprocessing(rules, side: c.imageSize) } catch {
      throw WeightsError("\(snapshot.folder)/\(file): \(error)")
    }
  }

  /// Reads the vision tower's weights.
  ///
  /// - Throws: `WeightsError` that lists what is missing, misshapen or unknown.
  public func encoder() throws(WeightsError) -> CLIPVision {
    let (c, isProjected, source) = (configuration, isProjected, source)
    do {
      return try Storage.onOwnPages { () throws(WeightsError) in
        try Weights.make(from: source) { CLIPVision($0, c, isProjected: isProjected) }.model
      }
    } catch { throw WeightsError("\(snapshot.folder): \(error)") }
  }

  /// A digest of the weights and of how features are made of them; it takes as long as reading them.
  public func identity() throws(WeightsError) -> String {
    try source.source.identity("clip vision 1 \(configuration) \(preprocessing)")
  }
}

/// The vision tower's weights: a tower that was saved alone has shorter names, and patches are stored channels first.
private struct CLIPWeights: WeightSource {
  static let projection = "visual_projection.weight"
  private static let tower = "vision_model."
  let source: SnapshotWeights
  let names: [String]
  private let isAlone: Bool, patch: Int

  /// Everything but the text tower, and but for a table of 0, 1, 2 … in older files.
  static func isWanted(_ name: String) -> Bool {
    !name.hasSuffix("position_ids")
      && (name == projection || name.hasPrefix(tower)
        || ["embeddings.", "pre_layrnorm.", "encoder.", "post_layernorm."].contains { name.hasPrefix($0) })
  }

  init(_ source: SnapshotWeights, patch: Int) {
    (self.source, self.patch) = (source, patch)
    let isAlone = !source.names.contains { $0.hasPrefix(Self.tower) }
    self.isAlone = isAlone
    names = source.names.map { isAlone && $0 != Self.projection ? Self.tower + $0 : $0 }
  }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    let theirs = isAlone && name.hasPrefix(Self.tower) ? String(name.dropFirst(Self.tower.count)) : name
    guard name.hasSuffix("patch_embedding.weight") else {
      return try source.fill(theirs, tensor, initial: initial)
    }
    // Ours: [width, rows·columns·3]. Theirs: [width, 3, rows, columns].
    let (width, points) = (tensor.shape[0], patch * patch)
    let stored = Tensor(zeros: Shape(width, 3, patch, patch))
    try source.fill(theirs, stored, initial: initial)
    for row in 0..<width {
      for channel in 0..<3 {
        for point in 0..<points {
          tensor.data[(row * points + point) * 3 + channel] = stored.data[(row * 3 + channel) * points + point]
        }
      }
    }
  }
}
