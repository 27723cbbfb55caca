// PerformanceEvent: one thing that happens to the instrument, at a sample of the codec's clock.
// Files, films and live playing all become these; the roll and the strings read nothing else.

/// An event at an absolute sample (24 kHz).
public struct PerformanceEvent: Sendable, BitwiseCopyable, Equatable {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case noteOff, sustain, sostenuto, soft, resetControllers, allNotesOff, allSoundOff, noteOn
  }

  public var sample: Int64
  public var kind: Kind
  /// The MIDI key, for notes.
  public var key: UInt8
  /// The velocity of a note, the value of a pedal.
  public var value: UInt8

  @_noLocks @_noAllocation
  public init(sample: Int64, kind: Kind, key: UInt8 = 0, value: UInt8 = 0) {
    self.sample = sample
    self.kind = kind
    self.key = key
    self.value = value
  }
}
