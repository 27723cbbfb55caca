// RollModel: what can look at a film and say a roll: a strip predictor, or Video2Roll under the released weights.
import Tensors

/// What a model says of a batch's middle frames, as probabilities: see `RollFrame`.
public struct RollAnswers: Sendable {
  /// [batch, 88].
  public var down: Tensor
  public var onset: Tensor?, shift: Tensor?, velocity: Tensor?, height: Tensor?
  /// [batch, 3].
  public var pedals: Tensor?
}

/// An open model. Any number of runners share it; it never changes.
public protocol RollModel: Sendable {
  var path: String { get }
  /// Its name for people, and where it comes from (data, licence, steps).
  var name: String { get }
  var card: [String: String] { get }
  /// Pictures a second that it was trained on: so far lie the frames of a window apart.
  var rate: Double { get }
  var thresholds: RollThresholds { get }
  /// Those of some views that it can make use of, in its own order; none where no view of the keys is among them.
  func usable(_ views: Set<RollView>) -> [RollView]
  /// Rows and columns of the pictures that it takes of a view.
  func size(_ view: RollView) -> (rows: Int, columns: Int)
  /// What lies around the keys in its pictures of them, millimetres.
  var surroundings: (inFront: Float, behind: Float) { get }
  func answers(_ input: RollInput) -> RollAnswers
}

/// Opens models.
public enum RollModels {
  /// The model in a file: a predictor of ours, or the released weights of Video2Roll, made a safetensors file.
  ///
  /// - Throws: `RollPredictorError` when it is neither.
  public static func open(_ path: String) throws(RollPredictorError) -> any RollModel {
    if let file = try? SafeTensors(path: path), Video2RollPredictor.isReleased(file) {
      return try Video2RollPredictor(path: path)
    }
    return try RollPredictor(path: path)
  }
}
