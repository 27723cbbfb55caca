// HeldState: what hands and feet hold down at a moment of a score, and which of its notes still sound.
// It writes the events that bring an instrument at rest there, and those that bring it back to rest.

/// Keys and pedals after some of a score's events.
public struct HeldState: Sendable, BitwiseCopyable {
  /// The most events that `write` makes: every key and three pedals.
  public static let capacity = 128 + 3
  /// Keys without a damper: those above `Keyboard.lastDamper`.
  private static var undamped: UInt128 {
    @_noLocks @_noAllocation get { ~((1 &<< UInt128(89)) &- 1) }
  }

  /// A bit a MIDI key: held down; caught by the sostenuto pedal; not damped since it was struck.
  public private(set) var down: UInt128 = 0, caught: UInt128 = 0, sounding: UInt128 = 0
  public private(set) var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0
  /// For each key the velocity with which it was struck last, and the number of that event.
  private var velocities = InlineArray<128, UInt8>(repeating: 0)
  private var strikes = InlineArray<128, Int32>(repeating: 0)

  @_noLocks @_noAllocation
  public init() {}

  /// The velocity of a key that is down, 0 of one that is up.
  @_noLocks @_noAllocation
  public func velocity(_ key: UInt8) -> UInt8 { down & Self.bit(key) != 0 ? velocities[Int(key & 127)] : 0 }

  /// The number of the event that struck a key last.
  @_noLocks @_noAllocation
  public func strike(_ key: UInt8) -> Int { Int(strikes[Int(key & 127)]) }

  /// Whether all keys and pedals are up.
  public var isAtRest: Bool {
    @_noLocks @_noAllocation get { down == 0 && sustain | sostenuto | soft == 0 }
  }

  /// - Parameter number: the event's in its score.
  @_noLocks @_noAllocation
  public mutating func apply(_ event: PerformanceEvent, number: Int = 0) {
    let key = Int(event.key & 127)
    switch event.kind {
    case .noteOn:
      down |= Self.bit(event.key)
      sounding |= Self.bit(event.key)
      velocities[key] = event.value
      strikes[key] = Int32(truncatingIfNeeded: number)
    case .noteOff: down &= ~Self.bit(event.key)
    case .sustain: sustain = event.value
    case .sostenuto:
      if event.value < 64 { caught = 0 } else if sostenuto < 64 { caught = down }
      sostenuto = event.value
    case .soft: soft = event.value
    case .allNotesOff: down = 0
    case .resetControllers: (sustain, sostenuto, soft, caught) = (0, 0, 0, 0)
    // The pedals stay where the feet are.
    case .allSoundOff: (down, caught, sounding) = (0, 0, 0)
    case .film: break
    }
    if sustain < 64 { sounding &= down | caught | Self.undamped }
  }

  /// Writes what makes an instrument at rest be as this one is: pedals that are not up, then keys; the sostenuto pedal
  /// between the keys that it caught and the others. All are at `sample`.
  ///
  /// - Parameter events: room for `capacity`.
  /// - Returns: how many there are.
  @_noLocks @_noAllocation
  public func write(at sample: Int64, into events: UnsafeMutablePointer<PerformanceEvent>) -> Int {
    var count = 0
    if sustain != 0 { put(.sustain, 0, sustain, sample, events, &count) }
    if soft != 0 { put(.soft, 0, soft, sample, events, &count) }
    strike(down & caught, sample, events, &count)
    if sostenuto != 0 { put(.sostenuto, 0, sostenuto, sample, events, &count) }
    strike(down & ~caught, sample, events, &count)
    return count
  }

  /// Writes what brings an instrument that is as this one to rest: keys come up, then pedals.
  ///
  /// - Returns: how many events there are, at most `capacity`.
  @_noLocks @_noAllocation
  public func writeRelease(at sample: Int64, into events: UnsafeMutablePointer<PerformanceEvent>) -> Int {
    var count = 0
    var rest = down
    while rest != 0 {
      put(.noteOff, UInt8(truncatingIfNeeded: rest.trailingZeroBitCount), 0, sample, events, &count)
      rest &= rest &- 1
    }
    if sustain != 0 { put(.sustain, 0, 0, sample, events, &count) }
    if sostenuto != 0 { put(.sostenuto, 0, 0, sample, events, &count) }
    if soft != 0 { put(.soft, 0, 0, sample, events, &count) }
    return count
  }

  @_noLocks @_noAllocation
  private static func bit(_ key: UInt8) -> UInt128 { 1 &<< UInt128(truncatingIfNeeded: key & 127) }

  @_noLocks @_noAllocation
  private func strike(
    _ keys: UInt128, _ sample: Int64, _ events: UnsafeMutablePointer<PerformanceEvent>, _ count: inout Int
  ) {
    var rest = keys
    while rest != 0 {
      let key = rest.trailingZeroBitCount
      rest &= rest &- 1
      put(.noteOn, UInt8(truncatingIfNeeded: key), velocities[key], sample, events, &count)
    }
  }

  @_noLocks @_noAllocation
  private func put(
    _ kind: PerformanceEvent.Kind, _ key: UInt8, _ value: UInt8, _ sample: Int64,
    _ events: UnsafeMutablePointer<PerformanceEvent>, _ count: inout Int
  ) {
    events[count] = PerformanceEvent(sample: sample, kind: kind, key: key, value: value)
    count &+= 1
  }
}
