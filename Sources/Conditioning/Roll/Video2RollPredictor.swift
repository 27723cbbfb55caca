// Video2RollPredictor: Video2Roll with weights as its authors save them. It looks from above, and says which keys are down.
import Layers
import Tensors

/// A state dictionary of Video2Roll as a model. Onsets are found where probabilities rise.
public struct Video2RollPredictor: RollModel {
  public let path: String, name: String, card: [String: String]
  public let rate = 25.0
  public let thresholds: RollThresholds
  /// Its pictures are cut at the keys' edges.
  public let surroundings: (inFront: Float, behind: Float) = (0, 0)
  private let network: Video2Roll
  /// What it tells, counted from A0.
  private let keys: ClosedRange<Int>

  /// Whether a file holds such weights.
  static func isReleased(_ file: SafeTensors) -> Bool {
    file.metadata[RollPredictor.key] == nil && file.shape("FTB2_1.conv0.weight") != nil && file.shape("fc.bias") != nil
  }

  /// - Throws: `RollPredictorError` when the file is missing, tells another number of keys, or lacks or misshapes a weight.
  public init(path: String) throws(RollPredictorError) {
    func wrong(_ expected: String, _ found: String) -> RollPredictorError {
      RollPredictorError(path: path, expected: expected, found: found)
    }
    do {
      let file = try SafeTensors(path: path)
      let count = file.shape("fc.bias")?.first ?? 0
      guard count == StripGeometry.keys || count == Video2Roll.releasedKeys.count else {
        throw wrong("weights of Video2Roll for 51 or 88 keys", "\(count) keys")
      }
      keys = count == StripGeometry.keys ? 0...87 : Video2Roll.releasedKeys
      (network, _) = try Weights.make(from: StateDictionary(file)) { Video2Roll($0, keys: count) }
      card = file.metadata
    } catch let error as RollPredictorError {
      throw error
    } catch {
      throw wrong("weights of Video2Roll", "\(error)")
    }
    var thresholds = RollThresholds()
    // The released code's threshold, and a little less to let go.
    (thresholds.down, thresholds.up, thresholds.confident) = (0.4, 0.35, 0.3)
    self.thresholds = thresholds
    (self.path, name) = (path, "Video2Roll")
  }

  public func usable(_ views: Set<RollView>) -> [RollView] { views.contains(.top) ? [.top] : [] }
  public func size(_ view: RollView) -> (rows: Int, columns: Int) { Video2Roll.size }

  public func answers(_ input: RollInput) -> RollAnswers {
    guard let pictures = input.strips[.top] else { preconditionFailure("Video2Roll looks from above") }
    let told = sigmoid(network(pictures))
    func untold(_ count: Int) -> [Tensor] { count > 0 ? [Tensor(zeros: Shape(told.shape[0], count))] : [] }
    return RollAnswers(
      down: concatenate(
        untold(keys.lowerBound) + [told] + untold(StripGeometry.keys - 1 - keys.upperBound), axis: 1))
  }
}
