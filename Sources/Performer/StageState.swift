// StageState: what the audio thread remembers from cycle to cycle. Nobody else reads or writes it.

/// The audio thread's own memory.
struct StageState: BitwiseCopyable {
  /// Counts resets: what belongs to another epoch is dropped on either side.
  var epoch: UInt32 = 0
  /// Host samples since the epoch's start; negative in the cycle whose later part it begins in.
  var now: Int64 = 0
  /// The next note begins an epoch.
  var awaitsNote = false
  /// The codec sample of the last event: later ones never lie before it.
  var lastEvent: Int64 = 0
  var timing: Timing
  var nominalBlock: Int
  let clock: PerformanceClock
  /// Live cycles in a row that were longer.
  var longCycles = 0
  var settings = PerformanceSettings()
  var settingsAreSent = false
  /// Pedals as posted, to be repeated when the generator must begin anew.
  var sustain: UInt8 = 0
  var sostenuto: UInt8 = 0
  var soft: UInt8 = 0
  /// Something that ends notes found no room: all notes end as soon as there is some.
  var lostReleases = false

  /// The last sample put out: where a fade begins.
  var last: Float = 0
  /// Where the fade of what was cut off began, and how many samples of it are left.
  var tail: Float = 0
  var tailLeft = 0
  /// Samples left until what resumed after a gap is at full level.
  var riseLeft = 0
  /// The stream is in a gap.
  var starved = false
  /// Samples of a fade: 5 ms.
  let fade: Int

  init(timing: Timing, nominalBlock: Int, clock: PerformanceClock) {
    self.timing = timing
    self.nominalBlock = nominalBlock
    self.clock = clock
    fade = max(1, timing.hostRate / 200)
  }

  /// Lets what sounds fade out from where it stands.
  @_noLocks @_noAllocation
  mutating func cut() {
    guard last != 0 else { return }
    tail = last
    tailLeft = fade
  }

  /// The next sample put out, when `source` is what the stream holds.
  @_noLocks @_noAllocation
  mutating func emit(_ source: Float) -> Float {
    var value = source
    if riseLeft > 0 {
      value *= 1 - Float(riseLeft) / Float(fade)
      riseLeft &-= 1
    }
    if tailLeft > 0 {
      value += tail * (Float(tailLeft) / Float(fade))
      tailLeft &-= 1
    }
    last = value
    return value
  }
}
