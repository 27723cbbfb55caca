// ScoreChase: a score's events as a table in which any moment is found at once, with what is held down there.
// Whoever begins in the middle strikes what is held and sets the pedals first. Reading it allocates nothing.

/// Events in order, on any clock and if wished on a second one that counts quarter notes, and what is held at every 256th
/// of them: plain memory that the audio thread may read. Whoever makes it deallocates it, when nobody reads it any more.
public struct ScoreChase: BitwiseCopyable, @unchecked Sendable {
  private static var stride: Int { @_noLocks @_noAllocation get { 256 } }

  public let count: Int
  /// `count` events, sorted by sample.
  public let events: UnsafePointer<PerformanceEvent>
  private let owned: UnsafeMutablePointer<PerformanceEvent>
  private let quarters: UnsafeMutablePointer<Double>?
  /// What is held before event 256·i.
  private let held: UnsafeMutablePointer<HeldState>

  /// - Parameters:
  ///   - events: sorted by sample, as `Score.events` gives them.
  ///   - quarter: the quarter note at which an event is; never falling. nil: nobody asks for quarter notes.
  public init(_ events: [PerformanceEvent], quarter: ((PerformanceEvent) -> Double)? = nil) {
    count = events.count
    owned = .allocate(capacity: max(1, count))
    quarters = quarter == nil ? nil : .allocate(capacity: max(1, count))
    held = .allocate(capacity: count / Self.stride + 1)
    self.events = UnsafePointer(owned)
    var state = HeldState()
    for (index, event) in events.enumerated() {
      precondition(index == 0 || events[index - 1].sample <= event.sample, "event \(index) lies before its predecessor")
      if index % Self.stride == 0 { (held + index / Self.stride).initialize(to: state) }
      (owned + index).initialize(to: event)
      if let quarters, let quarter { (quarters + index).initialize(to: quarter(event)) }
      state.apply(event, number: index)
    }
    if count % Self.stride == 0 { (held + count / Self.stride).initialize(to: state) }
  }

  public func deallocate() {
    owned.deallocate()
    quarters?.deallocate()
    held.deallocate()
  }

  /// When event `index` is: in samples, or in quarter notes.
  @_noLocks @_noAllocation
  public func time(_ index: Int, inQuarters: Bool = false) -> Double {
    if inQuarters, let quarters { quarters[index] } else { Double(events[index].sample) }
  }

  /// The first event at or after a time; `count` when there is none.
  @_noLocks @_noAllocation
  public func index(at time: Double, inQuarters: Bool = false) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if self.time(middle, inQuarters: inQuarters) < time { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// The first event that is still to come for whoever begins at a time: keys that come up at that very moment, and
  /// pedals that move, have done so. `held(before:)` it is what is struck first.
  @_noLocks @_noAllocation
  public func index(beginningAt time: Double, inQuarters: Bool = false) -> Int {
    var index = index(at: time, inQuarters: inQuarters)
    while index < count, self.time(index, inQuarters: inQuarters) == time {
      if case .noteOn = events[index].kind { break }
      index &+= 1
    }
    return index
  }

  /// What is held when the events before `index` have happened.
  @_noLocks @_noAllocation
  public func held(before index: Int) -> HeldState {
    var state = held[index / Self.stride]
    for step in index / Self.stride * Self.stride..<index { state.apply(events[step], number: step) }
    return state
  }
}
