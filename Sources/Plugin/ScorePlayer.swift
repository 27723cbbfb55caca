// ScorePlayer: performs the score where the transport is. As the transport starts or jumps, what sounds there is struck
// and the pedals are set as they stand there; as it stops, keys and pedals come up.
import Performer
import Score

/// Where the performance of the score stands.
struct ScorePlayer: BitwiseCopyable {
  /// What the score holds.
  var hand = Hand()
  /// The next event.
  fileprivate var next = 0
  /// Whether `next` and `hand` are those of the transport's place.
  private(set) var isPlaced = false
  /// Whether bars are followed, not seconds.
  fileprivate(set) var isInQuarters = false
  /// The transport's sample at which the score begins.
  fileprivate(set) var start: Double = 0
  /// Samples of this cycle that are performed.
  fileprivate(set) var offset = 0
  /// Samples since the score let go of what it held, and until its foot may go down again.
  fileprivate var rest = Int.max / 2
  fileprivate var footWait = 0
  /// Keys that are held until the foot is down.
  fileprivate var waiting: UInt128 = 0

  /// The next sample performed is one to which the transport has jumped.
  @_noLocks @_noAllocation
  mutating func lose() { isPlaced = false }

  /// Everything is up, without anybody having let it go: the piano has been silenced.
  @_noLocks @_noAllocation
  mutating func forget() {
    let before = self
    self = ScorePlayer()
    isInQuarters = before.isInQuarters
    start = before.start
    offset = before.offset
  }

  /// How far down the score's foot is.
  @_noLocks @_noAllocation
  func pedal(_ pedal: PerformanceEvent.Kind) -> UInt8 {
    footWait > 0 && pedal.rawValue == PerformanceEvent.Kind.sustain.rawValue ? 0 : hand.pedal(pedal)
  }

  @_noLocks @_noAllocation
  fileprivate mutating func place(at event: Int) {
    next = event
    isPlaced = true
  }
}

extension Instance {
  /// More events than this in one stretch cannot be told to the generator: they are jumped over.
  private static var crowd: Int { @_noLocks @_noAllocation get { 4096 } }

  /// A cycle begins: what lies on the lectern is what is performed.
  @_noLocks @_noAllocation
  mutating func beginScore() {
    player.offset = 0
    if controls.freewheel.isOn { awaitScore() }
    takeScore()
    takeScoreStart()
    let isOfSound = controls.position.whole == 2 || controls.position.whole == 0 && tellsPositionOfSound
    if transport.set(lead: isOfSound ? stage.latency : 0) { player.lose() }
    let inQuarters = controls.scoreTime.whole == 1 && transport.hasQuarters
    if inQuarters != player.isInQuarters {
      player.isInQuarters = inQuarters
      player.lose()
    }
  }

  @_noLocks @_noAllocation
  mutating func takeScore() {
    guard lectern.turn() else { return }
    bell.raise()
    dropScore(at: player.offset)
    player.lose()
  }

  /// The score's first second may be any of the transport's. Bars have no seconds: there it does not count.
  @_noLocks @_noAllocation
  mutating func takeScoreStart() {
    let start = Double(Int64(scoreStart.value * Double(rate) + 0.5))
    guard start != player.start else { return }
    player.start = start
    if !player.isInQuarters { player.lose() }
  }

  /// Performs up to sample `end` of the cycle; the transport goes on by as much.
  @_noLocks @_noAllocation
  mutating func performScore(until end: Int) {
    while player.offset < end {
      let left = end &- player.offset
      let count = player.footWait > 0 && player.footWait < left ? player.footWait : left
      performScore(count)
      player.offset &+= count
      player.rest &+= count
      transport.advance(count)
      guard player.footWait > 0 else { continue }
      player.footWait &-= count
      if player.footWait == 0 { lowerFoot() }
    }
  }

  /// The transport has stopped, or there is another score: what the score holds comes up.
  @_noLocks @_noAllocation
  mutating func dropScore(at offset: Int) {
    if player.hand.keys != 0 || player.hand.hasPedals { player.rest = 0 }
    let held = player.hand
    player.hand = Hand()
    player.waiting = 0
    player.footWait = 0
    postReleases(held.keys & ~live.keys, at: offset)
    if held.sustain > 0 { postPedal(.sustain, at: offset) }
    if held.sostenuto > 0 { postPedal(.sostenuto, at: offset) }
    if held.soft > 0 { postPedal(.soft, at: offset) }
  }

  @_noLocks @_noAllocation
  private mutating func performScore(_ count: Int) {
    followFilm(count)
    guard transport.isRolling, controls.enabled.isOn, let table = lectern.table?.pointee else { return }
    let chase = table.chase
    guard chase.count > 0 else { return }
    let clock = player.isInQuarters ? transport.quarters : transport.samples.since(player.start)
    if !player.isPlaced { place(table, clock) }
    let end = clock.elapsed &+ Int64(count)
    let far = player.next &+ Self.crowd
    if far < chase.count && clock.samples(to: chase.time(far, inQuarters: player.isInQuarters)) < end {
      player.lose()
      return
    }
    while player.next < chase.count {
      let due = clock.samples(to: chase.time(player.next, inQuarters: player.isInQuarters))
      guard due < end else { return }
      let event = chase.events[player.next]
      let wait = due > clock.elapsed ? Int(due &- clock.elapsed) : 0
      perform(event.kind, key: event.key, value: event.value, at: player.offset &+ wait)
      player.next &+= 1
    }
  }

  @_noLocks @_noAllocation
  private mutating func perform(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, at offset: Int) {
    switch kind {
    case .noteOn:
      if strike(key, MIDIMessage.bent(value, by: controls.velocity.value), at: offset) { player.hand.press(key) }
      player.waiting &= player.hand.keys & ~(1 &<< UInt128(truncatingIfNeeded: key))
    case .noteOff:
      if player.footWait > 0 && player.hand.sustain >= 64 && player.hand.holds(key) {
        player.waiting |= 1 &<< UInt128(truncatingIfNeeded: key)
        return
      }
      player.hand.release(key)
      if !live.holds(key) { stage.post(kind, key: key, value: 0, offset: offset) }
    default:
      player.hand.set(kind, value)
      if player.hand.sustain < 64 { releaseWaiting(at: offset) }
      postPedal(kind, at: offset)
    }
  }

  /// Strikes what sounds at the transport's place, as hard as it sounds there by now, and sets the pedals.
  ///
  /// While what sounded before is still being damped, the sustain pedal would keep it: the foot waits, and so do the keys
  /// whose notes it should keep.
  @_noLocks @_noAllocation
  private mutating func place(_ table: ScoreTable, _ clock: TransportClock) {
    let offset = player.offset
    dropScore(at: offset)
    let next = table.chase.index(beginningAt: clock.now, inQuarters: player.isInQuarters)
    let held = table.chase.held(before: next)
    player.place(at: next)
    if held.soft > 0 {
      player.hand.soft = held.soft
      postPedal(.soft, at: offset)
    }
    strike(held.sounding & held.caught, of: table, held, clock)
    if held.sostenuto > 0 {
      player.hand.sostenuto = held.sostenuto
      postPedal(.sostenuto, at: offset)
    }
    strike(held.sounding & ~held.caught, of: table, held, clock)
    let keptByFoot = held.sustain >= 64 ? player.hand.keys & ~(held.down | held.caught) : 0
    player.hand.sustain = held.sustain
    // A fifth of a second is what dampers need.
    let patience = rate / 5
    if held.sustain > 0 && player.rest < patience {
      player.footWait = patience &- player.rest
      player.waiting = keptByFoot
    } else {
      if held.sustain > 0 { postPedal(.sustain, at: offset) }
      player.hand.keys &= ~keptByFoot
      postReleases(keptByFoot & ~live.keys, at: offset)
    }
    let others = player.hand.keys & ~(held.down | keptByFoot)
    player.hand.keys &= ~others
    postReleases(others & ~live.keys, at: offset)
  }

  @_noLocks @_noAllocation
  private mutating func strike(_ keys: UInt128, of table: ScoreTable, _ held: HeldState, _ clock: TransportClock) {
    var rest = keys
    while rest != 0 {
      let key = UInt8(truncatingIfNeeded: rest.trailingZeroBitCount)
      rest &= rest &- 1
      let strength = table.strength(key, in: held, clock, rate: rate, inQuarters: player.isInQuarters)
      guard strength > 0 else { continue }
      perform(.noteOn, key: key, value: strength, at: player.offset)
    }
  }

  @_noLocks @_noAllocation
  private mutating func lowerFoot() {
    postPedal(.sustain, at: player.offset)
    releaseWaiting(at: player.offset)
  }

  @_noLocks @_noAllocation
  private mutating func releaseWaiting(at offset: Int) {
    let keys = player.waiting
    player.waiting = 0
    player.hand.keys &= ~keys
    postReleases(keys & ~live.keys, at: offset)
  }
}
