// Roll: a score sampled at the latent rate, written frame by frame from events as they come.
// There is one definition: live playing and whole scores run the same writer, so they see the same roll.
import Glibc

/// Writes frames of the roll. Each has, for every key, four numbers:
/// `strike` (velocity/127 in the frame of the onset), `lag` (where in that frame, 0..<1), `down` (1 while the key is
/// down) and `ring` (velocity/127·exp(−age/τ), which a fallen damper brings down in 80 ms a neper); then the three pedals.
/// Velocities are those of the strikes: the left pedal makes them softer.
public struct RollWriter: Sendable {
  /// The numbers a frame.
  public static let width = 88 * 4 + 3

  /// Samples a frame.
  public let hop: Int
  private var keyboard = Keyboard()
  private var ring = [Float](repeating: 0, count: 88)
  /// Nepers that a string loses in a frame: by itself, and to its damper.
  private let free: [Float], damped: Float

  public init(hop: Int = 320, sampleRate: Int = 24000) {
    self.hop = hop
    let frame = Float(hop) / Float(sampleRate)
    free = (0..<88).map { frame / RollWriter.decay($0) }
    damped = frame / 0.08
  }

  /// τ, the time in seconds in which a free string loses a neper: 6 s at A0, 0.4 s at C8.
  public static func decay(_ index: Int) -> Float { 6 * powf(0.4 / 6, Float(index) / 87) }

  /// Silence stands before the next frame.
  public mutating func reset() {
    keyboard = Keyboard()
    for index in ring.indices { ring[index] = 0 }
  }

  /// Whether a note still rings, above a thousandth of the loudest.
  public var isSounding: Bool { ring.contains { $0 > 1e-3 } }

  /// Writes the roll of absolute frame `frame`.
  ///
  /// - Parameters:
  ///   - events: those inside the frame, in order.
  ///   - row: room for `width` numbers.
  public mutating func write(
    frame: Int64, events: UnsafeBufferPointer<PerformanceEvent>, into row: UnsafeMutablePointer<Float>
  ) {
    row.update(repeating: 0, count: Self.width)
    for index in 0..<88 {
      let key = UInt8(index) + Keyboard.keys.lowerBound
      ring[index] *= expf(-free[index] - damped * keyboard.damping(key))
    }
    for event in events {
      keyboard.apply(event)
      if event.kind == .allSoundOff { for index in ring.indices { ring[index] = 0 } }
      guard event.kind == .noteOn, Keyboard.keys.contains(event.key) else { continue }
      let index = Int(event.key - Keyboard.keys.lowerBound)
      let velocity = Float(keyboard.strike(event.value)) / 127
      row[4 * index] = velocity
      row[4 * index + 1] = min(max(Float(event.sample - frame * Int64(hop)) / Float(hop), 0), 1)
      ring[index] = max(ring[index], velocity)
    }
    for index in 0..<88 {
      row[4 * index + 2] = keyboard.isDown(UInt8(index) + Keyboard.keys.lowerBound) ? 1 : 0
      row[4 * index + 3] = ring[index]
    }
    row[352] = Float(keyboard.sustain) / 127
    row[353] = keyboard.sostenuto >= Keyboard.pedalThreshold ? 1 : 0
    row[354] = Float(keyboard.soft) / 127
  }
}
