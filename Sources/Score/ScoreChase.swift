// ScoreChase: a score's events as a table in which any moment is found at once, with what is held down there.
// Whoever begins in the middle strikes what is held and sets the pedals first. Reading it allocates nothing.

/// What hands and feet hold down at a moment.
public struct HeldState: Sendable, BitwiseCopyable {
  /// The most events that `write` makes: every key and three pedals.
  public static let capacity = 128 + 3

  /// For each MIDI key the velocity with which it was struck; 0 where it is up.
  private var velocities = InlineArray<128, UInt8>(repeating: 0)
  /// The keys that the sostenuto pedal caught, as long as they are down too.
  private var caught: UInt128 = 0
  public private(set) var sustain: UInt8 = 0, sostenuto: UInt8 = 0, soft: UInt8 = 0

  @_noLocks @_noAllocation
  public init() {}

  /// The velocity of a key that is down, 0 of one that is up.
  @_noLocks @_noAllocation
  public func velocity(_ key: UInt8) -> UInt8 { velocities[Int(key & 127)] }

  /// Whether all keys and pedals are up.
  public var isAtRest: Bool {
    @_noLocks @_noAllocation get {
      if sustain | sostenuto | soft != 0 { return false }
      for key in 0..<128 where velocities[key] != 0 { return false }
      return true
    }
  }

  @_noLocks @_noAllocation
  public mutating func apply(_ event: PerformanceEvent) {
    let key = Int(event.key & 127)
    switch event.kind {
    case .noteOn:
      velocities[key] = event.value
      caught &= ~(1 &<< UInt128(truncatingIfNeeded: key))
    case .noteOff: velocities[key] = 0
    case .sustain: sustain = event.value
    case .sostenuto:
      if event.value < 64 {
        caught = 0
      } else if sostenuto < 64 {
        for key in 0..<128 where velocities[key] != 0 { caught |= 1 &<< UInt128(truncatingIfNeeded: key) }
      }
      sostenuto = event.value
    case .soft: soft = event.value
    case .allNotesOff: for key in 0..<128 { velocities[key] = 0 }
    case .resetControllers:
      (sustain, sostenuto, soft, caught) = (0, 0, 0, 0)
    // The pedals stay where the feet are.
    case .allSoundOff:
      for key in 0..<128 { velocities[key] = 0 }
      caught = 0
    }
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
    strike(caught: true, sample, events, &count)
    if sostenuto != 0 { put(.sostenuto, 0, sostenuto, sample, events, &count) }
    strike(caught: false, sample, events, &count)
    return count
  }

  /// Writes what brings an instrument that is as this one to rest: keys come up, then pedals.
  ///
  /// - Returns: how many events there are, at most `capacity`.
  @_noLocks @_noAllocation
  public func writeRelease(at sample: Int64, into events: UnsafeMutablePointer<PerformanceEvent>) -> Int {
    var count = 0
    for key in 0..<128 where velocities[key] != 0 {
      put(.noteOff, UInt8(truncatingIfNeeded: key), 0, sample, events, &count)
    }
    if sustain != 0 { put(.sustain, 0, 0, sample, events, &count) }
    if sostenuto != 0 { put(.sostenuto, 0, 0, sample, events, &count) }
    if soft != 0 { put(.soft, 0, 0, sample, events, &count) }
    return count
  }

  @_noLocks @_noAllocation
  private func strike(
    caught wanted: Bool, _ sample: Int64, _ events: UnsafeMutablePointer<PerformanceEvent>, _ count: inout Int
  ) {
    for key in 0..<128 where velocities[key] != 0 {
      let isCaught = caught & (1 &<< UInt128(truncatingIfNeeded: key)) != 0
      if isCaught == wanted {
        put(.noteOn, UInt8(truncatingIfNeeded: key), velocities[key], sample, events, &count)
      }
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

/// Events in order, on any clock, and what is held at every 256th of them: plain memory that the audio thread may read.
/// Whoever makes it deallocates it, when nobody reads it any more.
public struct ScoreChase: BitwiseCopyable, @unchecked Sendable {
  private static var stride: Int { @_noLocks @_noAllocation get { 256 } }

  public let count: Int
  /// `count` events, sorted by sample.
  public let events: UnsafePointer<PerformanceEvent>
  private let owned: UnsafeMutablePointer<PerformanceEvent>
  /// What is held before event 256·i.
  private let held: UnsafeMutablePointer<HeldState>

  /// - Parameter events: sorted by sample, as `Score.events` gives them.
  public init(_ events: [PerformanceEvent]) {
    count = events.count
    owned = .allocate(capacity: max(1, count))
    held = .allocate(capacity: count / Self.stride + 1)
    self.events = UnsafePointer(owned)
    var state = HeldState()
    for (index, event) in events.enumerated() {
      precondition(index == 0 || events[index - 1].sample <= event.sample, "event \(index) lies before its predecessor")
      if index % Self.stride == 0 { (held + index / Self.stride).initialize(to: state) }
      (owned + index).initialize(to: event)
      state.apply(event)
    }
    if count % Self.stride == 0 { (held + count / Self.stride).initialize(to: state) }
  }

  public func deallocate() {
    owned.deallocate()
    held.deallocate()
  }

  /// The first event at or after a sample; `count` when there is none.
  @_noLocks @_noAllocation
  public func index(at sample: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if events[middle].sample < sample { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// The first event that is still to come for whoever begins at a sample: keys that come up at that very moment, and
  /// pedals that move, have done so. `held(before:)` it is what is struck first.
  @_noLocks @_noAllocation
  public func index(beginningAt sample: Int64) -> Int {
    var index = index(at: sample)
    while index < count, events[index].sample == sample {
      if case .noteOn = events[index].kind { break }
      index &+= 1
    }
    return index
  }

  /// What is held when the events before `index` have happened.
  @_noLocks @_noAllocation
  public func held(before index: Int) -> HeldState {
    var state = held[index / Self.stride]
    for step in index / Self.stride * Self.stride..<index { state.apply(events[step]) }
    return state
  }

  /// What is held when everything before `sample` has happened, and nothing at it.
  @_noLocks @_noAllocation
  public func held(at sample: Int64) -> HeldState { held(before: index(at: sample)) }
}
