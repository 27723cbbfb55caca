// Keyboard: 88 keys, their dampers and three pedals, as events move them.
// A trivial value: it can be copied, and applying an event allocates nothing.

import Glibc

/// The state of the action.
public struct Keyboard: Sendable, BitwiseCopyable {
  /// The piano's keys, A0 to C8. Events for other keys change nothing.
  public static let keys: ClosedRange<UInt8> = 21...108
  /// Keys above this one have no damper.
  public static let lastDamper: UInt8 = 88
  /// A sustain pedal at or above this value lifts the dampers; from `halfPedal` on they lie on the strings less and less.
  public static let pedalThreshold: UInt8 = 64, halfPedal: UInt8 = 32
  /// What the left pedal, pressed down, takes of a strike's velocity: the hammer finds fewer strings.
  public static let softening: Float = 0.3

  public private(set) var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0
  // One bit a key, from A0: held down, and caught by the sostenuto pedal.
  private var down: UInt128 = 0, caught: UInt128 = 0

  public init() {}

  public func isDown(_ key: UInt8) -> Bool { down & Self.bit(key) != 0 }

  /// Whether the damper is off the string, so that it rings.
  public func isDamperUp(_ key: UInt8) -> Bool {
    key > Self.lastDamper || sustain >= Self.pedalThreshold || (down | caught) & Self.bit(key) != 0
  }

  /// How heavily a fallen damper lies on its strings: 1 with its whole weight. The sustain pedal, half-way down, takes the
  /// weight away by factors: 16^−x, x from 0 at `halfPedal` to 1 at `pedalThreshold`.
  public var damperWeight: Float {
    guard sustain > Self.halfPedal else { return 1 }
    return exp2f(-4 * Float(sustain - Self.halfPedal) / Float(Self.pedalThreshold - Self.halfPedal))
  }

  /// `damperWeight`, or 0 where the key's damper is up.
  public func damping(_ key: UInt8) -> Float { isDamperUp(key) ? 0 : damperWeight }

  /// The velocity with which a hammer strikes while the left pedal stands as it does: v·(1 − 0.3·soft/127), at least 1.
  public func strike(_ velocity: UInt8) -> UInt8 {
    guard velocity > 0, soft > 0 else { return velocity }
    return UInt8(max(1, (Float(velocity) * (1 - Self.softening * Float(soft) / 127)).rounded()))
  }

  public mutating func apply(_ event: PerformanceEvent) {
    switch event.kind {
    case .noteOn: if Self.keys.contains(event.key) { down |= Self.bit(event.key) }
    case .noteOff: down &= ~Self.bit(event.key)
    case .sustain: sustain = event.value
    case .sostenuto:
      let wasDown = sostenuto >= Self.pedalThreshold
      let isDown = event.value >= Self.pedalThreshold
      if isDown && !wasDown { caught = down }
      if !isDown { caught = 0 }
      sostenuto = event.value
    case .soft: soft = event.value
    case .allNotesOff: down = 0
    // The pedals stay where the feet are.
    case .allSoundOff: (down, caught) = (0, 0)
    case .resetControllers: (sustain, sostenuto, soft, caught) = (0, 0, 0, 0)
    case .film: break
    }
  }

  private static func bit(_ key: UInt8) -> UInt128 { keys.contains(key) ? 1 << UInt128(key - keys.lowerBound) : 0 }
}
