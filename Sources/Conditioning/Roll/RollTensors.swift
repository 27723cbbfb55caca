// RollTensors: what a network for rolls is given, and what it says.
import Glibc
import Tensors

/// Pictures around the middle frame. Greys are 0…1; the frames of a window are its channels, in order of time.
public struct RollInput: Sendable {
  /// The frames of a window, the third of which is the one that is judged.
  public static let frames = 5
  /// The size of the pedal view's picture, shrunk whole.
  public static let pedalRows = 64, pedalColumns = 96

  /// Of every view of the keys that there is: [batch, rows, columns, 5], see `StripGeometry`.
  public var strips: [RollView: Tensor]
  /// [batch, 64, 96, 5].
  public var pedal: Tensor?
  /// Which views each window has, [batch, views]: 1 or 0, in the order of the network's views of the keys. nil where
  /// all windows have all of `strips`.
  public var presence: Tensor?

  public init(strips: [RollView: Tensor] = [:], pedal: Tensor? = nil, presence: Tensor? = nil) {
    (self.strips, self.pedal, self.presence) = (strips, pedal, presence)
  }
}

/// What is said of the middle frame, before any non-linearity unless said otherwise. Keys count from A0.
public struct RollLogits: Sendable {
  /// Whether a key is down: σ is its probability, [batch, 88].
  public var down: Tensor
  /// Whether a note begins within half a frame of it, [batch, 88].
  public var onset: Tensor
  /// Where it begins, as a part of the time between frames: −0.5…0.5, bounded already, [batch, 88].
  public var shift: Tensor
  /// Of a note that begins about here, or soon: σ is velocity/127, [batch, 88]. nil in a network without.
  public var velocity: Tensor?
  /// How high the lowest finger over a key hangs above the key at rest: ±ln(1 + |h|/5 mm), with the sign of h, [batch, 88]; of
  /// no meaning where none does. nil in a network without.
  public var height: Tensor?
  /// Sustain, sostenuto, soft: σ is the depth, [batch, 3]. nil without a pedal view.
  public var pedals: Tensor?

  /// Below 5 mm differences of height tell, above ratios, since a finger that falls twice as far strikes so much louder.
  ///
  /// - Parameter height: millimetres.
  public static func logarithm(ofHeight height: Float) -> Float {
    let logarithm = log1pf(height.magnitude / 5)
    return height < 0 ? -logarithm : logarithm
  }
}
