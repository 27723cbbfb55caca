// RollReading: a predictor goes through a clip of strips as through a film, frame by frame.
import Conditioning
import Evaluation
import Score

/// Reads clips of a set of strips.
public struct RollReading: Sendable {
  private let predictor: any RollModel
  private let views: Set<RollView>

  /// - Parameter views: what may be looked at, of what a clip has and the predictor knows.
  public init(_ predictor: any RollModel, views: [RollView]) { (self.predictor, self.views) = (predictor, Set(views)) }

  /// The notes and pedals that are read from what is said of every frame.
  public func decoded(_ frames: [RollFrame], of clip: RollClip) -> DecodedRoll {
    let views = predictor.usable(views.intersection(clip.views))
    return RollDecoder.decode(frames, predictor.thresholds.seen(from: views), rate: predictor.rate)
  }

  /// What is said of every frame that is judged.
  ///
  /// - Throws: `DataError` when no view of the keys is left, or a file that is gone.
  public func frames(_ clip: RollClip) throws -> [RollFrame] {
    let usable = predictor.usable(views.intersection(clip.views))
    guard !usable.isEmpty else {
      throw DataError("\(clip.name): expected a view that \(predictor.name) knows, found \(clip.views.map(\.rawValue))")
    }
    for view in usable {
      let (wanted, found) = (predictor.size(view), clip.recipe.size(view))
      guard wanted == found, predictor.surroundings == (clip.recipe.inFront, clip.recipe.behind) else {
        throw DataError(
          "\(clip.name): expected strips of \(wanted.columns) × \(wanted.rows) as \(predictor.name) wants, "
            + "found \(found.columns) × \(found.rows), or other margins")
      }
    }
    let stream = RollStream(RollRunner(predictor, views: usable))
    var said: [RollFrame] = []
    for (frame, time) in clip.times.enumerated() {
      said += stream.add(time: time, try usable.map { try clip.pictures($0, [frame]) })
    }
    return said + stream.finish()
  }
}

extension RollFrame {
  /// The keys that are down with a probability of `threshold` at least; Audeo takes 0.4.
  public func keysDown(threshold: Float) -> KeySet {
    KeySet(down.indices.filter { down[$0] >= threshold }.map { UInt8($0) + Keyboard.keys.lowerBound })
  }
}
