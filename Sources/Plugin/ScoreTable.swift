// ScoreTable: a score made ready for the audio thread: its events in order, and every so often what sounds there.
// It is written once, off the audio thread; from then on it is only read.
import CRealtime
import Score

/// The keys and pedals of a score at a moment, and which notes sound.
struct ScoreMoment: BitwiseCopyable {
  /// Keys without a damper.
  private static var undamped: UInt128 {
    @_noLocks @_noAllocation get { ~((1 &<< UInt128(89)) &- 1) }
  }

  /// A bit a key: held down, caught by the sostenuto pedal, not damped since it was struck.
  private(set) var down: UInt128 = 0, caught: UInt128 = 0, sounding: UInt128 = 0
  private(set) var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0

  @_noLocks @_noAllocation
  mutating func apply(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8) {
    let bit: UInt128 = 1 &<< UInt128(truncatingIfNeeded: key)
    switch kind {
    case .noteOn:
      down |= bit
      sounding |= bit
    case .noteOff: down &= ~bit
    case .sustain: sustain = value
    case .sostenuto:
      if value < 64 { caught = 0 } else if sostenuto < 64 { caught = down }
      sostenuto = value
    case .soft: soft = value
    default: break
    }
    if sustain < 64 { sounding &= down | caught | Self.undamped }
  }
}

/// A score in memory that nobody frees but `free`.
struct ScoreTable: BitwiseCopyable {
  /// Events between two stored moments.
  private static var stride: Int { @_noLocks @_noAllocation get { 256 } }
  private static var keys: Int { @_noLocks @_noAllocation get { 128 } }

  let count: Int
  private let events: UnsafeMutablePointer<PerformanceEvent>
  private let quarters: UnsafeMutablePointer<Double>
  /// Before every `stride`th event: the moment, and for each key the event that struck it last.
  private let moments: UnsafeMutablePointer<ScoreMoment>
  private let strikes: UnsafeMutablePointer<Int32>
  /// Where a moment is worked out: the audio thread's own.
  private let desk: UnsafeMutablePointer<Int32>
  /// What a free string of each key loses in a second, in decibels.
  private let losses: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - events: in order, on a clock of `rate` samples a second.
  ///   - quarter: the quarter notes from the start to a time in seconds; never falling.
  static func make(_ events: [PerformanceEvent], rate: Int, quarter: (Double) -> Double)
    -> UnsafeMutablePointer<ScoreTable>
  {
    let table = UnsafeMutablePointer<ScoreTable>.allocate(capacity: 1)
    table.initialize(to: ScoreTable(events, rate: rate, quarter: quarter))
    return table
  }

  static func free(_ table: UnsafeMutablePointer<ScoreTable>) {
    table.pointee.events.deallocate()
    table.pointee.quarters.deallocate()
    table.pointee.moments.deallocate()
    table.pointee.strikes.deallocate()
    table.pointee.desk.deallocate()
    table.pointee.losses.deallocate()
    table.deallocate()
  }

  private init(_ list: [PerformanceEvent], rate: Int, quarter: (Double) -> Double) {
    count = list.count
    events = .allocate(capacity: max(1, list.count))
    quarters = .allocate(capacity: max(1, list.count))
    let stored = list.count / Self.stride + 1
    moments = .allocate(capacity: stored)
    strikes = .allocate(capacity: stored * Self.keys)
    desk = .allocate(capacity: Self.keys)
    losses = .allocate(capacity: Self.keys)
    desk.initialize(repeating: 0, count: Self.keys)
    for key in 0..<Self.keys {
      let index = min(max(key - Int(Keyboard.keys.lowerBound), 0), Keyboard.keys.count - 1)
      // A neper is 20/ln 10 decibels.
      (losses + key).initialize(to: 8.685_89 / RollWriter.decay(index))
    }
    var moment = ScoreMoment()
    for (index, event) in list.enumerated() {
      if index % Self.stride == 0 { store(moment, at: index / Self.stride) }
      (events + index).initialize(to: event)
      (quarters + index).initialize(to: quarter(Double(event.sample) / Double(rate)))
      moment.apply(event.kind, key: event.key, value: event.value)
      if event.kind == .noteOn { desk[Int(event.key & 127)] = Int32(truncatingIfNeeded: index) }
    }
    if list.count % Self.stride == 0 { store(moment, at: list.count / Self.stride) }
  }

  private func store(_ moment: ScoreMoment, at index: Int) {
    (moments + index).initialize(to: moment)
    (strikes + index * Self.keys).initialize(from: desk, count: Self.keys)
  }

  @_noLocks @_noAllocation
  func event(_ index: Int) -> PerformanceEvent { events[index] }

  /// When event `index` is: in quarter notes, or in samples.
  @_noLocks @_noAllocation
  func time(_ index: Int, inQuarters: Bool) -> Double {
    inQuarters ? quarters[index] : Double(events[index].sample)
  }

  /// The moment before the notes that begin at `time`, and the first event that is still to come. What ends there has
  /// ended, and pedals that move there have moved.
  @_noLocks @_noAllocation
  func moment(at time: Double, inQuarters: Bool) -> (moment: ScoreMoment, next: Int) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if self.time(middle, inQuarters: inQuarters) < time { low = middle &+ 1 } else { high = middle }
    }
    let start = low / Self.stride
    var moment = moments[start]
    UnsafeMutableRawPointer(desk).copyMemory(
      from: strikes + start &* Self.keys, byteCount: Self.keys &* MemoryLayout<Int32>.stride)
    var index = start &* Self.stride
    while index < count {
      let event = events[index]
      let isStrike = event.kind.rawValue == PerformanceEvent.Kind.noteOn.rawValue
      if index >= low && (isStrike || self.time(index, inQuarters: inQuarters) > time) { break }
      moment.apply(event.kind, key: event.key, value: event.value)
      if isStrike { desk[Int(event.key & 127)] = Int32(truncatingIfNeeded: index) }
      index &+= 1
    }
    return (moment, index)
  }

  /// How hard a key that was struck before the moment worked out last must be struck now to sound as it does by now:
  /// v·e^(−age/τ), the decay being that of the roll; 0 where it has died away.
  ///
  /// - Parameter clock: what the score is followed by.
  @_noLocks @_noAllocation
  func strength(_ key: Int, _ clock: TransportClock, rate: Int, inQuarters: Bool) -> UInt8 {
    let index = Int(desk[key])
    let age = (clock.now - time(index, inQuarters: inQuarters)) / clock.pace / Double(rate)
    let strength = Float(events[index].value) * fp_amplitude(-losses[key] * Float(age))
    return strength >= 0.5 && strength < 128 ? UInt8(strength + 0.5) : 0
  }
}
