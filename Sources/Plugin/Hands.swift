// Hands: the keyboard player and the score at one piano. A key stays down as long as one of them holds it,
// and a pedal is as far down as the foot that presses harder.
import Performer
import Score

/// What one of the two holds.
struct Hand: BitwiseCopyable {
  /// A bit a key.
  var keys: UInt128 = 0
  var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0

  @_noLocks @_noAllocation
  init(keys: UInt128 = 0) { self.keys = keys }

  var hasPedals: Bool { @_noLocks @_noAllocation get { sustain | sostenuto | soft != 0 } }

  @_noLocks @_noAllocation
  func holds(_ key: UInt8) -> Bool { keys & Self.bit(key) != 0 }

  @_noLocks @_noAllocation
  mutating func press(_ key: UInt8) { keys |= Self.bit(key) }

  @_noLocks @_noAllocation
  mutating func release(_ key: UInt8) { keys &= ~Self.bit(key) }

  @_noLocks @_noAllocation
  mutating func set(_ pedal: PerformanceEvent.Kind, _ value: UInt8) {
    switch pedal {
    case .sustain: sustain = value
    case .sostenuto: sostenuto = value
    default: soft = value
    }
  }

  @_noLocks @_noAllocation
  func pedal(_ pedal: PerformanceEvent.Kind) -> UInt8 {
    switch pedal {
    case .sustain: sustain
    case .sostenuto: sostenuto
    default: soft
    }
  }

  @_noLocks @_noAllocation
  private static func bit(_ key: UInt8) -> UInt128 { 1 &<< UInt128(truncatingIfNeeded: key & 127) }
}

extension Instance {
  /// What the player does.
  @_noLocks @_noAllocation
  mutating func play(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, at offset: Int) {
    switch kind {
    case .noteOn: if strike(key, value, at: offset) { live.press(key) }
    case .noteOff:
      live.release(key)
      if !player.hand.holds(key) { stage.post(kind, key: key, value: 0, offset: offset) }
    case .sustain, .sostenuto, .soft:
      live.set(kind, value)
      postPedal(kind, at: offset)
    case .allNotesOff:
      let keys = live.keys
      live.keys = 0
      if player.hand.keys == 0 {
        stage.post(kind, key: 0, value: 0, offset: offset)
      } else {
        postReleases(keys & ~player.hand.keys, at: offset)
      }
    case .resetControllers:
      live = Hand(keys: live.keys)
      if player.hand.hasPedals { postPedals(at: offset) } else { stage.post(kind, key: 0, value: 0, offset: offset) }
    case .allSoundOff:
      live.keys = 0
      stage.post(kind, key: 0, value: 0, offset: offset)
    case .film: break
    }
  }

  /// A key goes down; false, and nothing happens, while the instrument is off.
  @_noLocks @_noAllocation
  mutating func strike(_ key: UInt8, _ velocity: UInt8, at offset: Int) -> Bool {
    guard controls.enabled.isOn else { return false }
    stage.post(.noteOn, key: key, value: velocity, offset: offset)
    silence = 0
    return true
  }

  @_noLocks @_noAllocation
  func postReleases(_ keys: UInt128, at offset: Int) {
    var rest = keys
    while rest != 0 {
      let key = rest.trailingZeroBitCount
      rest &= rest &- 1
      stage.post(.noteOff, key: UInt8(truncatingIfNeeded: key), value: 0, offset: offset)
    }
  }

  @_noLocks @_noAllocation
  func postPedal(_ pedal: PerformanceEvent.Kind, at offset: Int) {
    let mine = live.pedal(pedal)
    let theirs = player.pedal(pedal)
    stage.post(pedal, key: 0, value: mine > theirs ? mine : theirs, offset: offset)
  }

  @_noLocks @_noAllocation
  func postPedals(at offset: Int) {
    postPedal(.sustain, at: offset)
    postPedal(.sostenuto, at: offset)
    postPedal(.soft, at: offset)
  }
}
