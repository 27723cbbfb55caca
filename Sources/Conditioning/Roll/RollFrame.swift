// RollFrame: what a network says of one moment, as probabilities.

/// One moment. Keys count from A0; a list is 88 long, or empty where nothing is said.
public struct RollFrame: Sendable, Equatable {
  /// Seconds.
  public var time: Double
  /// Probabilities that a key is down, and that a note begins within half a frame of this moment.
  public var down: [Float], onset: [Float]
  /// Where it begins, −0.5…0.5 frames from here.
  public var shift: [Float]
  /// Velocity/127 of a note that begins about here, or soon.
  public var velocity: [Float]
  /// How high the lowest finger over a key hangs, as `RollLogits.height`; of no meaning where none does.
  public var height: [Float]
  /// Depths 0…1 of sustain, sostenuto and soft pedal; or empty.
  public var pedals: [Float]

  public init(
    time: Double, down: [Float], onset: [Float] = [], shift: [Float] = [], velocity: [Float] = [],
    height: [Float] = [], pedals: [Float] = []
  ) {
    (self.time, self.down, self.onset, self.shift) = (time, down, onset, shift)
    (self.velocity, self.height, self.pedals) = (velocity, height, pedals)
  }
}
