// Stage: the audio thread's end of a performance. Events go in, samples come out, at once.
// Nothing here allocates, locks or counts references; only freewheeling, when asked to, does it wait.
import CRealtime
import Score
import Synchronization

/// The audio thread's end of a `Performer`: plain pointers, valid as long as the performer is open.
///
/// One thread at a time calls it. In each cycle: `post` the events, then `run`.
public struct Stage: BitwiseCopyable, @unchecked Sendable {
  /// A waiting `run` gives up after this time (nanoseconds): JACK drops a client after ten seconds.
  private static var patience: Int64 {
    @_noLocks @_noAllocation get { 8_000_000_000 }
  }

  let channel: Channel
  let state: UnsafeMutablePointer<StageState>

  /// Host samples from an event to its sound. A new block size changes it, and so do cycles that are longer than the
  /// host said, once there are many.
  public var latency: Int {
    @_noLocks @_noAllocation get { state.pointee.timing.latency }
  }

  /// The voice's status.
  public var status: VoiceStatus {
    @_noLocks @_noAllocation get { channel.status }
  }

  /// How the performance goes.
  public var counters: PerformanceCounters {
    @_noLocks @_noAllocation get { channel.counters }
  }

  /// Puts an event at host sample `offset` of the coming cycle.
  ///
  /// Events are posted in order; one that lies before its predecessor is moved there. A note-on without velocity is a
  /// note-off. When there is no more room, note-ons are dropped and counted, and a lost release ends all notes.
  @_noLocks @_noAllocation
  public func post(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, offset: Int) {
    remember(kind, value)
    if state.pointee.awaitsNote, kind.rawValue == PerformanceEvent.Kind.noteOn.rawValue && value > 0 {
      beginTake(at: offset)
    }
    repairReleases()
    let sample = nextSample(offset: Int64(max(0, min(offset, 1 &<< 24))))
    guard kind.rawValue == PerformanceEvent.Kind.noteOn.rawValue && value > 0 else {
      let kind = kind.rawValue == PerformanceEvent.Kind.noteOn.rawValue ? .noteOff : kind
      if !push(kind, key: key, value: value, sample: sample) { state.pointee.lostReleases = true }
      return
    }
    let isAdmitted = !state.pointee.lostReleases && channel.messages.room > MessageRing.reserve
    if !(isAdmitted && push(kind, key: key, value: value, sample: sample)) {
      channel.requests.pointee.droppedNotes.wrappingAdd(1, ordering: .relaxed)
    }
  }

  /// Says where the film is at host sample `offset` of the coming cycle: `place` codec samples after its beginning, from
  /// which it runs on; nil where it stands still. False when there is no room: to be said again.
  @_noLocks @_noAllocation
  public func show(place: Int64?, offset: Int) -> Bool {
    if state.pointee.awaitsNote && place != nil { beginTake(at: offset) }
    let sample = nextSample(offset: Int64(max(0, min(offset, 1 &<< 24))))
    return channel.messages.room > MessageRing.reserve
      && channel.messages.push(
        Message(
          epoch: state.pointee.epoch, sample: sample, kind: .film, place: place ?? PerformanceEvent.still,
          settings: state.pointee.settings))
  }

  /// Another number whenever all has begun anew, and the generator knows of no film.
  public var epoch: UInt32 {
    @_noLocks @_noAllocation get { state.pointee.epoch }
  }

  /// Passes the coming `count` host samples and writes what sounds in them to `left` and `right` (which may be one).
  ///
  /// - Parameter wait: when the audio is not there yet, wait for it, and for a voice that is loading, at most
  ///   8 seconds. Without it the missing audio is faded silence, and counted.
  @_noLocks @_noAllocation
  public func run(left: UnsafeMutablePointer<Float>?, right: UnsafeMutablePointer<Float>?, count: Int, wait: Bool) {
    guard count > 0 else { return }
    repairReleases()
    sendSettings()
    announce(count: count, wait: wait)
    let end = state.pointee.now &- Int64(state.pointee.timing.latency &- state.pointee.timing.resamplerDelay)
    var done = transfer(end: end, count: count, done: 0, wait: wait, left, right)
    if wait && done < count {
      let deadline = fp_now() &+ Stage.patience
      while done < count && fp_now() < deadline {
        let seen = channel.delivery.value
        let before = done
        done = transfer(end: end, count: count, done: done, wait: wait, left, right)
        // What is wanted has changed: there is room again, or less to catch up with.
        channel.work.raise()
        if done == before { channel.delivery.wait(while: seen, until: deadline) }
      }
    }
    starve(end: end, count: count, done: done, left, right)
    if !wait { observe(count: count) }
  }

  /// Begins anew: clock at zero, all keys and pedals up, what sounds fades out in 5 ms, what is due is dropped. A block
  /// size that waits is adopted.
  ///
  /// - Parameter fromFirstNote: the clock begins with the next note; so what sounds follows from the notes alone, and not
  ///   from how long the host waited for them.
  @_noLocks @_noAllocation
  public func reset(fromFirstNote: Bool = false) {
    state.pointee.awaitsNote = fromFirstNote
    state.pointee.sustain = 0
    state.pointee.sostenuto = 0
    state.pointee.soft = 0
    if !adopt(live: !channel.requests.pointee.waits.load(ordering: .relaxed)) { beginEpoch() }
  }

  /// Plays with `settings` from the next block on.
  @_noLocks @_noAllocation
  public func set(_ settings: PerformanceSettings) {
    guard !settings.equals(state.pointee.settings) else { return }
    state.pointee.settings = settings
    state.pointee.settingsAreSent = false
    sendSettings()
  }

  /// Plays in blocks of `frames` codec frames (1…75) from now on. What sounds fades out, events of this cycle are
  /// dropped, pedals stay as they are.
  @_noLocks @_noAllocation
  public func set(blockFrames frames: Int) {
    let frames = max(1, min(frames, 75))
    channel.requests.pointee.chosenFrames.store(frames, ordering: .relaxed)
    if frames != state.pointee.timing.blockFrames || frames != state.pointee.timing.latencyFrames {
      retime(blockFrames: frames)
    }
  }

  /// What is given up because the machine is too slow.
  public var economy: PerformanceEconomy {
    @_noLocks @_noAllocation get { channel.economy }
  }

  /// A number to compare: it changes whenever a voice has been settled, and with `economy`, the size of blocks and the
  /// priority of the generator's threads.
  public var news: UInt64 {
    @_noLocks @_noAllocation get {
      let settled = UInt64(channel.reports.pointee.settled.load(ordering: .relaxed) & 0xFFFF)
      let priority = UInt64(UInt8(truncatingIfNeeded: channel.reports.pointee.priority.load(ordering: .relaxed)))
      let frames = UInt64(truncatingIfNeeded: state.pointee.timing.blockFrames)
      return UInt64(channel.economy.packed) &<< 32 | frames &<< 24 | settled &<< 8 | priority
    }
  }

  /// The machine wants larger blocks, or has time for smaller ones again: `adoptBlockSize` would change the latency.
  public var isBlockSizeWaiting: Bool {
    @_noLocks @_noAllocation get { channel.isBlockSizeWaiting }
  }

  /// Changes to the block size that the machine has time for, like a new block size: for a pause in which nobody counts
  /// on the latency.
  ///
  /// - Parameter live: false for what is not heard as it is made: blocks are as they were set, and the latency stays, which
  ///   a host may have looked at before.
  @_noLocks @_noAllocation
  public func adoptBlockSize(live: Bool) { _ = adopt(live: live) }

  /// - Returns: whether anything changed, and therefore began anew.
  @_noLocks @_noAllocation
  private func adopt(live: Bool) -> Bool {
    let timing = state.pointee.timing
    let frames = channel.wantedFrames(live: live)
    let latencyFrames = live ? frames : max(frames, timing.latencyFrames)
    guard frames != timing.blockFrames || latencyFrames != timing.latencyFrames else { return false }
    retime(blockFrames: frames, latencyFrames: latencyFrames)
    return true
  }

  /// Reckons with cycles of `count` host samples (1…65,536) from now on; otherwise like a new block size.
  @_noLocks @_noAllocation
  public func set(nominalBlock count: Int) {
    let count = max(1, min(count, 1 &<< 16))
    guard count != state.pointee.nominalBlock else { return }
    state.pointee.nominalBlock = count
    retime(blockFrames: state.pointee.timing.blockFrames, latencyFrames: state.pointee.timing.latencyFrames)
  }
}
