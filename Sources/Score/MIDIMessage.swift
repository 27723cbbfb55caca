// MIDIMessage: three bytes of a host's, as something that happens to the piano, or as nothing; and the other way round.
// All channels play the one keyboard.

/// What a channel message means to a piano.
public struct MIDIMessage: BitwiseCopyable {
  public let kind: PerformanceEvent.Kind
  public let key: UInt8
  public let value: UInt8

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
  public init?(_ bytes: UnsafeRawBufferPointer, velocityCurve curve: Float) {
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
  public static func bent(_ velocity: UInt8, by curve: Float) -> UInt8 {
    guard curve != 0 else { return velocity }
    let share = Float(velocity) / 127
    let bent = share / ((1 / (0.5 + 0.4 * curve) - 2) * (1 - share) + 1)
    let value = Int(bent * 127 + 0.5)
    return UInt8(truncatingIfNeeded: value < 1 ? 1 : (value > 127 ? 127 : value))
  }
}

extension PerformanceEvent {
  /// The event as a message on a MIDI channel, 0…15.
  @_noLocks @_noAllocation
  public func message(channel: UInt8 = 0) -> (UInt8, UInt8, UInt8) {
    let channel = channel & 15
    switch kind {
    case .noteOn: return (0x90 | channel, key & 127, value & 127)
    case .noteOff: return (0x80 | channel, key & 127, 64)
    case .sustain: return (0xB0 | channel, 64, value & 127)
    case .sostenuto: return (0xB0 | channel, 66, value & 127)
    case .soft: return (0xB0 | channel, 67, value & 127)
    case .allSoundOff: return (0xB0 | channel, 120, 0)
    case .resetControllers: return (0xB0 | channel, 121, 0)
    case .allNotesOff: return (0xB0 | channel, 123, 0)
    // No matter of MIDI's: active sensing, which says nothing.
    case .film: return (0xFE, 0, 0)
    }
  }
}
