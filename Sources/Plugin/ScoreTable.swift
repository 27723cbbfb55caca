// ScoreTable: a score made ready for the audio thread: its events, what is held and sounds at any moment, and how fast notes
// die away. It is written once, off the audio thread; from then on it is only read.
import CRealtime
import Score

/// A score in memory that nobody frees but `free`.
struct ScoreTable: BitwiseCopyable {
  let chase: ScoreChase
  /// What a free string of each key loses in a second, in decibels.
  private let losses: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - events: in order, on a clock of `rate` samples a second.
  ///   - quarter: the quarter notes from the start to a time in seconds; never falling.
  static func make(_ events: [PerformanceEvent], rate: Int, quarter: @escaping (Double) -> Double)
    -> UnsafeMutablePointer<ScoreTable>
  {
    let table = UnsafeMutablePointer<ScoreTable>.allocate(capacity: 1)
    table.initialize(to: ScoreTable(events, rate: rate, quarter: quarter))
    return table
  }

  static func free(_ table: UnsafeMutablePointer<ScoreTable>) {
    table.pointee.chase.deallocate()
    table.pointee.losses.deallocate()
    table.deallocate()
  }

  private init(_ events: [PerformanceEvent], rate: Int, quarter: @escaping (Double) -> Double) {
    chase = ScoreChase(events) { quarter(Double($0.sample) / Double(rate)) }
    losses = .allocate(capacity: 128)
    for key in 0..<128 {
      let index = min(max(key - Int(Keyboard.keys.lowerBound), 0), Keyboard.keys.count - 1)
      // A neper is 20/ln 10 decibels.
      (losses + key).initialize(to: 8.685_89 / RollWriter.decay(index))
    }
  }

  /// How hard a key must be struck now to sound as it does by now: v·e^(−age/τ), the decay being that of the roll; 0 where it
  /// has died away.
  ///
  /// - Parameters:
  ///   - held: the moment at which the clock stands.
  ///   - clock: what the score is followed by.
  @_noLocks @_noAllocation
  func strength(_ key: UInt8, in held: HeldState, _ clock: TransportClock, rate: Int, inQuarters: Bool) -> UInt8 {
    let index = held.strike(key)
    let age = (clock.now - chase.time(index, inQuarters: inQuarters)) / clock.pace / Double(rate)
    let strength = Float(chase.events[index].value) * fp_amplitude(-losses[Int(key & 127)] * Float(age))
    return strength >= 0.5 && strength < 128 ? UInt8(strength + 0.5) : 0
  }
}
