// EventPicker: from the probability that something begins in a frame to a list of events: one a hill, at its top.
import Tensors

/// An event at every frame t with p[t] ≥ threshold that is the first of the highest within ±`apart` frames.
public struct EventPicker: Sendable, Equatable {
  public var threshold: Float
  /// Two events are further from each other: 53 ms, about what a bouncing ball's last bounces are.
  public static let apart = 4

  public init(threshold: Float = 0.3) { self.threshold = threshold }

  /// - Parameters:
  ///   - onset: p, of each frame; `strength`: how strong an event is that begins in it, 0…1.
  /// - Returns: frames, rising, and strengths.
  public func callAsFunction(onset p: [Float], strength: [Float]) -> [(frame: Int, strength: Float)] {
    precondition(p.count == strength.count, "\(strength.count) strengths of \(p.count) frames")
    return p.indices.compactMap { frame in
      let before = p[max(0, frame - Self.apart)..<frame]
      let after = p[min(p.count, frame + 1)..<min(p.count, frame + 1 + Self.apart)]
      let isTop = p[frame] >= threshold && before.allSatisfy { $0 < p[frame] } && after.allSatisfy { $0 <= p[frame] }
      return isTop ? (frame, strength[frame]) : nil
    }
  }
}

extension EventPredictor {
  /// Frames that are looked at in one go; what a film's length costs is time, and no memory.
  static let stretch = 4096

  /// Probabilities and strengths of every frame.
  ///
  /// - Parameter seen: the features of some frames, [1, frames, features], however many are asked for.
  public func answers(frames: Int, seen: (Range<Int>) -> Tensor) -> (onset: [Float], strength: [Float]) {
    var (onset, strength) = ([Float](), [Float]())
    for start in stride(from: 0, to: frames, by: Self.stretch) {
      let end = min(frames, start + Self.stretch)
      let whole = max(0, start - configuration.reach)..<min(frames, end + configuration.reach)
      let said = self(seen(whole))
      func part(_ x: Tensor) -> ArraySlice<Float> {
        sigmoid(x).array[start - whole.lowerBound..<end - whole.lowerBound]
      }
      onset += part(said.onset)
      strength += part(said.strength)
    }
    return (onset, strength)
  }
}
