// Transport: where the host's transport is and how fast it goes, as far as the host says so.
// Between two messages it is carried on by counting samples, so it does not depend on the host's buffers.
import CLV2

/// A clock in some unit (samples, quarter notes): where it was, its pace, and how long ago that was.
struct TransportClock: BitwiseCopyable {
  fileprivate(set) var origin: Double = 0
  /// A sample's worth; 0 while the transport stands.
  fileprivate(set) var pace: Double = 0
  /// Samples since the origin.
  fileprivate(set) var elapsed: Int64 = 0
  /// Samples by which what is performed now is ahead of what the host tells.
  fileprivate(set) var lead: Int64 = 0

  /// Where the host is.
  fileprivate var told: Double { @_noLocks @_noAllocation get { origin + Double(elapsed) * pace } }

  /// Where the performance is.
  var now: Double { @_noLocks @_noAllocation get { origin + Double(elapsed &+ lead) * pace } }

  /// The same clock, counting from a time of its own.
  @_noLocks @_noAllocation
  func since(_ time: Double) -> TransportClock {
    var clock = self
    clock.origin -= time
    return clock
  }

  /// Samples from the origin until the first one at or after `time` is performed: `⌈(time − origin)/pace⌉ − lead`; more
  /// than there ever are where it is far away.
  @_noLocks @_noAllocation
  func samples(to time: Double) -> Int64 {
    let exact = (time - origin) / pace
    guard exact > -1e15 else { return .min }
    guard exact < 1e15 else { return .max }
    let whole = Int64(exact)
    return (Double(whole) < exact ? whole &+ 1 : whole) &- lead
  }
}

/// What was last heard of the transport.
struct Transport: BitwiseCopyable {
  /// What a message changed.
  struct Change: BitwiseCopyable {
    /// The transport has started.
    var starts = false
    /// It is elsewhere than it would have been, in samples, or in quarter notes.
    var jumps = false, jumpsInQuarters = false
  }

  /// Samples and quarter notes that a host may be off without having jumped: it rounds.
  private static var slack: Double { @_noLocks @_noAllocation get { 2 } }
  private static var slackInQuarters: Double { @_noLocks @_noAllocation get { 0.25 } }

  /// 1 is as written. Backwards there is no music: that counts as standing still.
  private var speed: Double = 0
  private(set) var samples = TransportClock()
  private(set) var quarters = TransportClock()
  /// Quarter notes a sample, as written; 0 where the host tells no bars and beats.
  private var tempo: Double = 0

  var isRolling: Bool { @_noLocks @_noAllocation get { speed > 0 } }
  var hasQuarters: Bool { @_noLocks @_noAllocation get { tempo > 0 } }

  /// Takes a time:Position; nil if the value is none. What it leaves out goes on as it was.
  ///
  /// - Parameter rate: samples a second.
  @_noLocks @_noAllocation
  mutating func hear(_ value: AtomValue, _ urids: URIDs, rate: Int) -> Change? {
    guard var object = ObjectReader(value), object.kind == urids.position else { return nil }
    var speedNow = speed
    var frame: Double?
    var bar: Double?
    var barBeat: Double?
    var unit: Double?
    var beatsPerBar: Double?
    var beatsPerMinute: Double?
    while let (key, value) = object.next() {
      guard let number = value.number(urids) else { continue }
      if key == urids.speed { speedNow = number > 0 ? number : 0 }
      if key == urids.frame { frame = number }
      if key == urids.bar { bar = number }
      if key == urids.barBeat { barBeat = number }
      if key == urids.beatUnit, number > 0 { unit = number }
      if key == urids.beatsPerBar, number > 0 { beatsPerBar = number }
      if key == urids.beatsPerMinute, number > 0 { beatsPerMinute = number }
    }
    var change = Change(starts: speedNow > 0 && !isRolling)
    let expected = samples.told
    samples = TransportClock(origin: frame ?? expected, pace: speedNow, lead: samples.lead)
    change.jumps = (samples.origin - expected).magnitude > Self.slack
    // A beat is a quarter note unless the host says what it is.
    let quartersPerBeat = 4 / (unit ?? 4)
    if let beatsPerMinute { tempo = beatsPerMinute * quartersPerBeat / (60 * Double(rate)) }
    let expectedQuarter = quarters.told
    quarters = TransportClock(origin: expectedQuarter, pace: speedNow * tempo, lead: quarters.lead)
    if let bar, let barBeat, let beatsPerBar {
      quarters.origin = (bar * beatsPerBar + barBeat) * quartersPerBeat
      change.jumpsInQuarters = (quarters.origin - expectedQuarter).magnitude > Self.slackInQuarters
    }
    speed = speedNow
    return change
  }

  /// Performs what the host tells, or what is `lead` samples later; true if that is a change.
  @_noLocks @_noAllocation
  mutating func set(lead: Int) -> Bool {
    guard Int64(lead) != samples.lead else { return false }
    samples.lead = Int64(lead)
    quarters.lead = Int64(lead)
    return true
  }

  /// Goes on for `count` samples.
  @_noLocks @_noAllocation
  mutating func advance(_ count: Int) {
    samples.elapsed &+= Int64(count)
    quarters.elapsed &+= Int64(count)
  }
}

extension AtomValue {
  /// The value of an atom:Int, Long, Float or Double; nil for anything else, and for what is not finite.
  @_noLocks @_noAllocation
  func number(_ urids: URIDs) -> Double? {
    guard let base = bytes.baseAddress else { return nil }
    var number = Double.nan
    if type == urids.int, bytes.count == 4 { number = Double(base.loadUnaligned(as: Int32.self)) }
    if type == urids.long, bytes.count == 8 { number = Double(base.loadUnaligned(as: Int64.self)) }
    if type == urids.float, bytes.count == 4 { number = Double(base.loadUnaligned(as: Float.self)) }
    if type == urids.double, bytes.count == 8 { number = base.loadUnaligned(as: Double.self) }
    return number.isFinite ? number : nil
  }
}
