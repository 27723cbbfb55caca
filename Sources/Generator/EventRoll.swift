// EventRoll: what the roll stream reads of the events of Foley: what begins in a frame, how long ago things began, and a flag.
// Lists of events in training and keys that are played live write the same rows, frame after frame.
import Glibc
import Tensors

/// Row t = [s, a, b, f]: s is the strength, 0…1, of what begins in frame t; a and b are its traces, x[t] = max(s[t], e^{−1/τ}·x[t−1])
/// with τ of 60 and of 600 ms; f is 1 where nothing is known of events, and all else 0 then.
///
/// No row knows what comes later. The flag is the last number, as `Condition.absent` has it.
public struct EventRoll: Sendable {
  public static let width = 4

  /// e^{−1/τ} at 75 frames a second.
  private static let (short, long): (Float, Float) = (expf(-1 / (0.06 * 75)), expf(-1 / (0.6 * 75)))
  private var recent: Float = 0, past: Float = 0

  /// Nothing has begun yet.
  public init() {}

  /// Writes the row of the next frame.
  ///
  /// - Parameters:
  ///   - strength: of the strongest event that begins in it; 0 if none does. Held to 0…1.
  ///   - isKnown: false where nothing is known of events: the row says so, whatever has left traces.
  public mutating func write(strength: Float, isKnown: Bool = true, into row: UnsafeMutablePointer<Float>) {
    let strength = strength > 0 ? min(strength, 1) : 0
    recent = max(strength, recent * Self.short)
    past = max(strength, past * Self.long)
    (row[0], row[1], row[2], row[3]) = isKnown ? (strength, recent, past, 0) : (0, 0, 0, 1)
  }

  /// The rows of some frames of a list of events, [1, frames, width]. What began before the first frame left its traces.
  ///
  /// - Parameter events: times in seconds from frame 0, in any order, and strengths.
  public static func rows(_ events: [(time: Double, strength: Double)], first: Int = 0, frames: Int) -> Tensor {
    let rows = Tensor(zeros: Shape(1, frames, width))
    var strengths = [Float](repeating: 0, count: first + frames)
    for event in events {
      let frame = event.time * 75
      guard frame >= 0, frame < Double(first + frames) else { continue }
      strengths[Int(frame)] = max(strengths[Int(frame)], Float(event.strength))
    }
    var roll = EventRoll()
    for (frame, strength) in strengths.enumerated() {
      // Rows before the first are written where the first will be.
      roll.write(strength: strength, into: rows.data + max(0, frame - first) * width)
    }
    return rows
  }

  /// Rows that say that nothing is known, [1, frames, width].
  public static func unknown(frames: Int) -> Tensor { Condition.absent(frames: frames, width: width) }
}
