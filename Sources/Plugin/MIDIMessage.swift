// MIDIMessage: three bytes of the host's, as something that happens to the piano, or as nothing.
// All channels play the one keyboard.
import Score

/// What a channel message means to a piano.
struct MIDIMessage: BitwiseCopyable {
  let kind: PerformanceEvent.Kind
  let key: UInt8
  let value: UInt8

  @_noLocks @_noAllocation
  private init(_ kind: PerformanceEvent.Kind, key: UInt8 = 0, value: UInt8 = 0) {
    self.kind = kind
    self.key = key
    self.value = value
  }

  /// Nil for what a piano does not know, and for bytes that are no such message.
  ///
  /// - Parameters:
  ///   - bytes: one message with its status byte.
  ///   - curve: −1…1, the velocity curve; see `bent(_:by:)`.
  @_noLocks @_noAllocation
  init?(_ bytes: UnsafeRawBufferPointer, velocityCurve curve: Float) {
    guard bytes.count == 3, let base = bytes.baseAddress else { return nil }
    let status = base.load(fromByteOffset: 0, as: UInt8.self)
    let first = base.load(fromByteOffset: 1, as: UInt8.self)
    let second = base.load(fromByteOffset: 2, as: UInt8.self)
    guard first < 128, second < 128 else { return nil }
    switch status & 0xF0 {
    case 0x80: self.init(.noteOff, key: first)
    case 0x90 where second == 0: self.init(.noteOff, key: first)
    case 0x90: self.init(.noteOn, key: first, value: Self.bent(second, by: curve))
    case 0xB0:
      switch first {
      case 64: self.init(.sustain, value: second)
      case 66: self.init(.sostenuto, value: second)
      case 67: self.init(.soft, value: second)
      case 120: self.init(.allSoundOff)
      case 121: self.init(.resetControllers)
      case 123: self.init(.allNotesOff)
      default: return nil
      }
    default: return nil
    }
  }

  /// `v/((1/a − 2)(1 − v) + 1)` with `v` = velocity/127 and `a` = 0.5 + 0.4·curve: the ends stay where they are,
  /// the middle rises for a curve above 0 and falls for one below.
  @_noLocks @_noAllocation
  static func bent(_ velocity: UInt8, by curve: Float) -> UInt8 {
    guard curve != 0 else { return velocity }
    let share = Float(velocity) / 127
    let bent = share / ((1 / (0.5 + 0.4 * curve) - 2) * (1 - share) + 1)
    let value = Int(bent * 127 + 0.5)
    return UInt8(truncatingIfNeeded: value < 1 ? 1 : (value > 127 ? 127 : value))
  }
}
