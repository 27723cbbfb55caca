// Keyboard: 88 keys, their dampers and three pedals, as events move them.
// A trivial value: it can be copied, and applying an event allocates nothing.

/// The state of the action.
public struct Keyboard: Sendable, BitwiseCopyable {
  /// The piano's keys, A0 to C8. Events for other keys change nothing.
  public static let keys: ClosedRange<UInt8> = 21...108
  /// Keys above this one have no damper.
  public static let lastDamper: UInt8 = 88
  /// A sustain pedal at or above this value lifts the dampers.
  public static let pedalThreshold: UInt8 = 64

  public private(set) var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0
  // One bit a key, from A0: held down, and caught by the sostenuto pedal.
  private var down: UInt128 = 0, caught: UInt128 = 0

  public init() {}

  public func isDown(_ key: UInt8) -> Bool { down & Self.bit(key) != 0 }

  /// Whether the damper is off the string, so that it rings.
  public func isDamperUp(_ key: UInt8) -> Bool {
    key > Self.lastDamper || sustain >= Self.pedalThreshold || (down | caught) & Self.bit(key) != 0
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
    case .resetControllers, .allSoundOff:
      if event.kind == .allSoundOff { down = 0 }
      (sustain, sostenuto, soft, caught) = (0, 0, 0, 0)
    }
  }

  private static func bit(_ key: UInt8) -> UInt128 { keys.contains(key) ? 1 << UInt128(key - keys.lowerBound) : 0 }
}
