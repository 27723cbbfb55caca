// PerformanceEvent: one thing that happens to the instrument, at a sample of the codec's clock.
// Files, films and live playing all become these; the roll and the strings read nothing else.

/// An event at an absolute sample (24 kHz).
public struct PerformanceEvent: Sendable, BitwiseCopyable, Equatable {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case noteOff, sustain, sostenuto, soft, resetControllers, allNotesOff, allSoundOff, noteOn
    /// Where the film is that is played along.
    case film
  }

  public var sample: Int64
  public var kind: Kind
  /// The MIDI key, for notes.
  public var key: UInt8
  /// The velocity of a note, the value of a pedal.
  public var value: UInt8
  /// Of a film: samples since its beginning, from which it runs on, or `still`.
  public var place: Int64

  /// The place of a film that does not run.
  public static var still: Int64 { @_noLocks @_noAllocation get { .min } }

  @_noLocks @_noAllocation
  public init(sample: Int64, kind: Kind, key: UInt8 = 0, value: UInt8 = 0, place: Int64 = 0) {
    self.sample = sample
    self.kind = kind
    self.key = key
    self.value = value
    self.place = place
  }
}
