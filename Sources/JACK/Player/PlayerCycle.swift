// PlayerCycle: what the player does in one cycle, on the audio thread, with memory that is its own.
// Wherever it begins, it first lets go of what it holds and takes hold of what the score holds there.
import CJack
import Score
import Synchronization

/// The player's own memory.
struct PlayerCycle: BitwiseCopyable {
  let port: Port
  let transport: Transport
  let score: ScoreChase
  let scratch: UnsafeMutablePointer<PerformanceEvent>
  let words: UnsafeMutablePointer<PlayerWords>
  let plan: PlayerPlan
  let tempo: UnsafeMutablePointer<TempoSegment>
  let tempoCount: Int
  /// Frames a second.
  let rate: Double

  /// What the instrument was last told to hold.
  private var held = HeldState()
  private var isHeldTold = true
  /// The next event, and the frame that comes next.
  private var next = 0
  private var position: Int64
  private var isPlaying = false
  /// The frame for which the pedals stand ready; the one that the transport was sent to, and has not yet reached.
  private var prepared: Int64 = -1
  private var sentTo: Int64 = -1

  init(
    port: Port, transport: Transport, score: ScoreChase, scratch: UnsafeMutablePointer<PerformanceEvent>,
    words: UnsafeMutablePointer<PlayerWords>, plan: PlayerPlan, tempo: UnsafeMutablePointer<TempoSegment>,
    tempoCount: Int, rate: Double
  ) {
    (self.port, self.transport, self.score, self.scratch) = (port, transport, score, scratch)
    (self.words, self.plan, self.tempo, self.tempoCount, self.rate) = (words, plan, tempo, tempoCount, rate)
    position = plan.start
  }

  @_noLocks @_noAllocation
  mutating func run(_ frames: UInt32) {
    guard let midi = port.midi(frames) else { return }
    midi.clear()
    if words.pointee.leaves.load(ordering: .acquiring) {
      rest(midi, 0)
      isPlaying = false
      if held.isAtRest { words.pointee.hasLeft.store(true, ordering: .releasing) }
    } else if !words.pointee.isBegun.load(ordering: .acquiring) {
      // Nobody hears it yet. A transport does not wait for this.
      if plan.follows { prepared = transport.query().frame }
    } else if plan.follows {
      follow(midi, Int(frames))
    } else if !words.pointee.isOver.load(ordering: .relaxed) {
      if !isPlaying { begin(midi, at: position, 0) }
      play(midi, Int(frames))
    }
    tell()
  }

  /// The transport goes somewhere, or waits to start there: ready when dampers and hammers stand as they will there.
  @_noLocks @_noAllocation
  func isReady(_ state: Int32, _ frame: Int64) -> Bool {
    guard case .starting = Transport.state(state) else { return true }
    return prepared == frame
  }

  @_noLocks @_noAllocation
  func tellBeats(_ pointer: UnsafeMutablePointer<cjack_position>) {
    let place = TempoMap.place(at: Double(cjack_frame(pointer)) / rate, tempo, tempoCount)
    cjack_set_beats(
      pointer, Int32(truncatingIfNeeded: place.bar), Int32(truncatingIfNeeded: place.beat), Int32(place.tick),
      place.barStart, Float(place.beatsPerBar), Float(place.beatType), TempoMap.ticksPerBeat, place.beatsPerMinute)
  }

  @_noLocks @_noAllocation
  private mutating func follow(_ midi: MIDIBuffer, _ count: Int) {
    let (state, frame) = transport.query()
    switch state {
    case .stopped:
      rest(midi, 0)
      isPlaying = false
      (prepared, sentTo) = (-1, -1)
      position = frame
    case .starting:
      isPlaying = false
      sentTo = -1
      position = frame
      guard prepared != frame else { return }
      let target = frame < plan.end ? score.held(before: score.index(beginningAt: Double(frame))) : HeldState()
      hold(target, strikes: false, midi, 0)
      prepared = frame
    case .rolling:
      prepared = -1
      // Until the transport goes where it was sent to, it rolls on.
      if sentTo >= 0, frame == position {
        position = frame &+ Int64(count)
        return
      }
      sentTo = -1
      // Cycles that this client missed are no relocation: what was in them is late, and nothing is struck again.
      let missed = frame &- position
      if !isPlaying || missed < 0 || missed > Int64(rate) {
        begin(midi, at: frame, 0)
      } else {
        position = frame
      }
      play(midi, count)
    }
  }

  /// Plays `count` frames from `position` on.
  @_noLocks @_noAllocation
  private mutating func play(_ midi: MIDIBuffer, _ count: Int) {
    var done = 0
    // Whoever goes beyond a loop wants to be there.
    let isBeyond = position > plan.end || (position == plan.end && plan.loopStart < 0)
    let end = isBeyond && plan.loopStart >= 0 ? Int64.max : plan.end
    while done < count {
      let part = Int(max(0, min(Int64(count &- done), end &- position)))
      if part > 0 {
        send(midi, from: done, part)
        done = done &+ part
        position = position &+ Int64(part)
      }
      guard position >= end else { continue }
      if plan.loopStart < 0 {
        rest(midi, min(done, count &- 1))
        position = position &+ Int64(count &- done)
        words.pointee.isOver.store(true, ordering: .releasing)
        return
      }
      if plan.follows {
        rest(midi, min(done, count &- 1))
        transport.locate(plan.loopStart)
        sentTo = plan.loopStart
        isPlaying = false
        position = position &+ Int64(count &- done)
        return
      }
      // At the cycle's very end the next one begins there.
      guard done < count else {
        position = plan.loopStart
        isPlaying = false
        return
      }
      begin(midi, at: plan.loopStart, done)
    }
  }

  /// The events of `part` frames from `position` on, which is `offset` frames into the cycle. What finds no room is late.
  @_noLocks @_noAllocation
  private mutating func send(_ midi: MIDIBuffer, from offset: Int, _ part: Int) {
    while next < score.count, score.events[next].sample < position &+ Int64(part) {
      let time = Int(max(0, score.events[next].sample &- position))
      guard put(midi, offset &+ time, score.events[next]) else { return }
      next = next &+ 1
    }
  }

  /// Begins to play at a frame of the score.
  @_noLocks @_noAllocation
  private mutating func begin(_ midi: MIDIBuffer, at frame: Int64, _ offset: Int) {
    position = frame
    isPlaying = true
    next = score.index(beginningAt: Double(frame))
    hold(frame < plan.end || plan.loopStart >= 0 ? score.held(before: next) : HeldState(), strikes: true, midi, offset)
  }

  /// Lets go of everything.
  @_noLocks @_noAllocation
  private mutating func rest(_ midi: MIDIBuffer, _ offset: Int) {
    if !held.isAtRest { hold(HeldState(), strikes: true, midi, offset) }
  }

  /// Lets go of what is held and takes hold of `target`; pedals that stand already as they should stay.
  ///
  /// - Parameter strikes: without it keys stay up, and the sostenuto pedal, which comes after the keys that it catches.
  @_noLocks @_noAllocation
  private mutating func hold(_ target: HeldState, strikes: Bool, _ midi: MIDIBuffer, _ offset: Int) {
    for index in 0..<held.writeRelease(at: 0, into: scratch) {
      let event = scratch[index]
      switch event.kind {
      case .sustain where target.sustain != 0, .soft where target.soft != 0: continue
      default: _ = put(midi, offset, event)
      }
    }
    for index in 0..<target.write(at: 0, into: scratch) {
      let event = scratch[index]
      switch event.kind {
      case .sustain where held.sustain == event.value, .soft where held.soft == event.value: continue
      case .noteOn where !strikes, .sostenuto where !strikes: continue
      default: _ = put(midi, offset, event)
      }
    }
  }

  @_noLocks @_noAllocation
  private mutating func put(_ midi: MIDIBuffer, _ time: Int, _ event: PerformanceEvent) -> Bool {
    guard midi.write(time, event.message(channel: plan.channel)) else { return false }
    held.apply(event)
    isHeldTold = false
    return true
  }

  @_noLocks @_noAllocation
  private mutating func tell() {
    words.pointee.position.store(position, ordering: .relaxed)
    words.pointee.isRolling.store(isPlaying, ordering: .relaxed)
    guard !isHeldTold else { return }
    isHeldTold = true
    words.pointee.lowKeys.store(UInt64(truncatingIfNeeded: held.down), ordering: .relaxed)
    words.pointee.highKeys.store(UInt64(truncatingIfNeeded: held.down &>> 64), ordering: .relaxed)
    words.pointee.sustain.store(held.sustain, ordering: .relaxed)
  }
}
