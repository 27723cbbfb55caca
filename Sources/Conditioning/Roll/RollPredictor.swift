// RollPredictor: a network for rolls with everything that its use needs, in one file: what it looks at, how often, and how
// its probabilities become notes.
import Tensors

/// Why a file is no predictor.
public struct RollPredictorError: Error, CustomStringConvertible {
  public let path: String, expected: String, found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}

/// An open predictor of strips.
public struct RollPredictor: RollModel {
  /// The metadata's key for the configuration, as in voices; the version and the kind of what stands there.
  static let key = "fotoplayer", format = 1, kind = "roll"

  public let path: String, name: String, card: [String: String]
  public let network: StripPredictor
  public var configuration: StripConfiguration { network.configuration }
  public let rate: Double
  public let thresholds: RollThresholds
  public let parameterCount: Int

  /// Opens a predictor.
  ///
  /// - Throws: `RollPredictorError` when the file is missing, is no predictor, or lacks or misshapes a weight.
  public init(path: String) throws(RollPredictorError) {
    func wrong(_ expected: String, _ found: String) -> RollPredictorError {
      RollPredictorError(path: path, expected: expected, found: found)
    }
    do {
      let file = try SafeTensors(path: path)
      guard let text = file.metadata[Self.key] else {
        throw wrong("a roll predictor's metadata", "none under \(Self.key)")
      }
      let json = try JSON(parsing: Array(text.utf8))
      guard json["kind"]?.string == Self.kind else {
        throw wrong("a roll predictor", json["kind"]?.string ?? "a voice, or something else without a kind")
      }
      guard json["format"]?.integer == Self.format else {
        throw wrong("format \(Self.format)", json["format"]?.text() ?? "none")
      }
      let read = try ConfigurationReader(json, path: "predictor")
      rate = try read.number("rate", in: 1...240)
      guard try read.integer("frames", in: 1...99) == RollInput.frames else {
        throw wrong("windows of \(RollInput.frames) frames", json["frames"]?.text() ?? "none")
      }
      let configuration = try StripConfiguration(json["network"] ?? .null)
      thresholds = try RollThresholds(json["thresholds"] ?? .null)
      let (network, weights) = try Weights.make(from: file) { StripPredictor($0, configuration) }
      self.network = network
      parameterCount = weights.flat.count
      name = json["name"]?.string ?? "unnamed"
      card = file.metadata.filter { $0.key != Self.key }
      self.path = path
    } catch let error as RollPredictorError {
      throw error
    } catch {
      throw wrong("a roll predictor", "\(error)")
    }
  }

  /// Writes a predictor, in bf16.
  ///
  /// - Parameters:
  ///   - card: provenance: data, licence, steps.
  ///   - path: replaced in one step.
  public static func write(
    name: String, _ configuration: StripConfiguration, _ weights: Weights, rate: Double, thresholds: RollThresholds,
    card: [String: String] = [:], to path: String
  ) throws(WeightsError) {
    let json: JSON = [
      "format": JSON(format), "kind": JSON(kind), "name": JSON(name), "rate": JSON(rate),
      "frames": JSON(RollInput.frames), "network": configuration.json, "thresholds": thresholds.json,
    ]
    var metadata = card
    metadata[key] = json.text()
    try SafeTensors.write(weights, metadata: metadata, type: .bfloat16, to: path)
  }

  /// The same with other thresholds, in a file of its own: what a search has found.
  public func write(thresholds: RollThresholds, to path: String) throws(WeightsError) {
    let file = try SafeTensors(path: self.path)
    let (_, weights) = try Weights.make(from: file) { StripPredictor($0, configuration) }
    try Self.write(
      name: name, configuration, weights, rate: rate, thresholds: thresholds, card: card, to: path)
  }

  public var surroundings: (inFront: Float, behind: Float) {
    (configuration.strip.inFront, configuration.strip.behind)
  }

  public func size(_ view: RollView) -> (rows: Int, columns: Int) {
    view.seesKeys
      ? (configuration.strip.rows, configuration.strip.columns) : (RollInput.pedalRows, RollInput.pedalColumns)
  }

  public func usable(_ views: Set<RollView>) -> [RollView] {
    let keys = configuration.views.filter(views.contains)
    return keys.isEmpty ? [] : keys + (configuration.pedals && views.contains(.pedal) ? [.pedal] : [])
  }

  public func answers(_ input: RollInput) -> RollAnswers {
    let said = network(input)
    return RollAnswers(
      down: sigmoid(said.down), onset: sigmoid(said.onset), shift: said.shift, velocity: said.velocity.map(sigmoid),
      height: said.height, pedals: said.pedals.map(sigmoid))
  }
}
