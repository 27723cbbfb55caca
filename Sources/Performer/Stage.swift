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
  static let patience: Int64 = 8_000_000_000

  let channel: Channel
  let state: UnsafeMutablePointer<StageState>

  /// Host samples from an event to its sound. Changes only in `set(blockFrames:)`.
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
  /// Events are posted in order; one that lies before its predecessor is moved there. When there is no more room,
  /// note-ons are dropped and counted, and a lost release becomes the end of all notes.
  @_noLocks @_noAllocation
  public func post(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, offset: Int) {
    remember(kind, value)
    repairReleases()
    let sample = nextSample(offset: Int64(max(0, min(offset, 1 &<< 24))))
    let isNoteOn = kind == .noteOn
    let admitted = channel.messages.room > (isNoteOn ? 1024 : 0) && !(isNoteOn && state.pointee.lostReleases)
    if admitted && push(kind, key: key, value: value, sample: sample) { return }
    if isNoteOn {
      channel.requests.pointee.droppedNotes.wrappingAdd(1, ordering: .relaxed)
    } else {
      state.pointee.lostReleases = true
    }
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
    var done = transfer(end: end, count: count, done: 0, left, right)
    if wait && done < count {
      let deadline = fp_now() &+ 8_000_000_000
      while done < count && fp_now() < deadline {
        let seen = channel.delivery.value
        let before = done
        done = transfer(end: end, count: count, done: done, left, right)
        if done == before {
          channel.delivery.wait(while: seen, until: deadline)
        } else {
          channel.work.raise()
        }
      }
    }
    starve(end: end, count: count, done: done, left, right)
  }

  /// Begins anew: clock at zero, all keys and pedals up, what sounds fades out in 5 ms, what is due is dropped.
  @_noLocks @_noAllocation
  public func reset() {
    state.pointee.sustain = 0
    state.pointee.sostenuto = 0
    state.pointee.soft = 0
    beginEpoch()
  }

  /// Plays with `settings` from the next block on.
  @_noLocks @_noAllocation
  public func set(_ settings: PerformanceSettings) {
    guard !settings.equals(state.pointee.settings) else { return }
    state.pointee.settings = settings
    state.pointee.settingsAreSent = false
    sendSettings()
  }

  /// Plays in blocks of `frames` codec frames (1…75) from now on. What sounds fades out; pedals stay as they are.
  @_noLocks @_noAllocation
  public func set(blockFrames frames: Int) {
    let frames = max(1, min(frames, 75))
    let old = state.pointee.timing
    guard frames != old.blockFrames else { return }
    state.pointee.timing = Timing(
      hostRate: old.hostRate, blockFrames: frames, nominalBlock: state.pointee.nominalBlock,
      resamplerDelay: old.resamplerDelay)
    channel.requests.pointee.blockFrames.store(frames, ordering: .releasing)
    beginEpoch()
    repeatPedals()
  }
}

// MARK: - Towards the generator

extension Stage {
  @_noLocks @_noAllocation
  private func beginEpoch() {
    state.pointee.epoch = (state.pointee.epoch &+ 1) & 0xF_FFFF
    state.pointee.now = 0
    state.pointee.lastEvent = 0
    state.pointee.lostReleases = false
    state.pointee.starved = false
    state.pointee.riseLeft = 0
    state.pointee.cut()
    publishClock()
    channel.work.raise()
  }

  @_noLocks @_noAllocation
  private func publishClock() {
    let clock = EpochPosition(epoch: state.pointee.epoch, position: state.pointee.now)
    channel.requests.pointee.clock.store(clock.packed, ordering: .releasing)
  }

  /// Advances the clock; wakes the generator when a block has become complete.
  @_noLocks @_noAllocation
  private func announce(count: Int, wait: Bool) {
    let timing = state.pointee.timing
    let before = timing.completeBlocks(at: state.pointee.now)
    if state.pointee.now == 0 { channel.requests.pointee.thread.store(fp_thread(), ordering: .relaxed) }
    state.pointee.now &+= Int64(count)
    channel.requests.pointee.waits.store(wait, ordering: .relaxed)
    publishClock()
    if timing.completeBlocks(at: state.pointee.now) != before { channel.work.raise() }
  }

  @_noLocks @_noAllocation
  private func remember(_ kind: PerformanceEvent.Kind, _ value: UInt8) {
    switch kind {
    case .sustain: state.pointee.sustain = value
    case .sostenuto: state.pointee.sostenuto = value
    case .soft: state.pointee.soft = value
    case .resetControllers:
      state.pointee.sustain = 0
      state.pointee.sostenuto = 0
      state.pointee.soft = 0
    default: break
    }
  }

  /// The codec sample of what happens `offset` host samples from now: never before what happened last.
  @_noLocks @_noAllocation
  private func nextSample(offset: Int64) -> Int64 {
    let sample = max(state.pointee.lastEvent, state.pointee.timing.codecSample(at: state.pointee.now &+ offset))
    state.pointee.lastEvent = sample
    return sample
  }

  @_noLocks @_noAllocation
  private func push(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, sample: Int64) -> Bool {
    channel.messages.push(
      Message(
        epoch: state.pointee.epoch, sample: sample, kind: kind, key: key, value: value,
        settings: state.pointee.settings))
  }

  /// After a lost release: ends all notes and sets the pedals right, once there is room for it.
  @_noLocks @_noAllocation
  private func repairReleases() {
    guard state.pointee.lostReleases && channel.messages.room >= 4 else { return }
    state.pointee.lostReleases = false
    let sample = nextSample(offset: 0)
    _ = push(.allNotesOff, key: 0, value: 0, sample: sample)
    _ = push(.sustain, key: 0, value: state.pointee.sustain, sample: sample)
    _ = push(.sostenuto, key: 0, value: state.pointee.sostenuto, sample: sample)
    _ = push(.soft, key: 0, value: state.pointee.soft, sample: sample)
  }

  @_noLocks @_noAllocation
  private func repeatPedals() {
    if state.pointee.sustain > 0 { post(.sustain, key: 0, value: state.pointee.sustain, offset: 0) }
    if state.pointee.sostenuto > 0 { post(.sostenuto, key: 0, value: state.pointee.sostenuto, offset: 0) }
    if state.pointee.soft > 0 { post(.soft, key: 0, value: state.pointee.soft, offset: 0) }
  }

  @_noLocks @_noAllocation
  private func sendSettings() {
    guard !state.pointee.settingsAreSent else { return }
    let sample = nextSample(offset: 0)
    state.pointee.settingsAreSent = channel.messages.push(
      Message(epoch: state.pointee.epoch, sample: sample, kind: nil, settings: state.pointee.settings))
  }
}

// MARK: - From the generator

extension Stage {
  /// Writes samples `done..<` of a cycle that ends at stream position `end`, as far as they are there.
  @_noLocks @_noAllocation
  private func transfer(
    end: Int64, count: Int, done: Int, _ left: UnsafeMutablePointer<Float>?, _ right: UnsafeMutablePointer<Float>?
  ) -> Int {
    var index = done
    var position = end &- Int64(count &- done)
    while index < count && position < 0 {
      put(state.pointee.emit(0), at: index, left, right)
      index &+= 1
      position &+= 1
    }
    guard index < count else { return index }
    let start = channel.samples.start(of: state.pointee.epoch)
    guard start >= 0 else { return index }
    let ready = min(Int64(count &- index), channel.samples.end &- (start &+ position))
    guard ready > 0 else { return index }
    if state.pointee.starved {
      state.pointee.starved = false
      state.pointee.riseLeft = state.pointee.fade
    }
    for step in 0..<Int(ready) {
      put(
        state.pointee.emit(channel.samples.sample(at: start &+ position &+ Int64(step))), at: index &+ step, left, right
      )
    }
    channel.samples.want(from: start &+ position &+ ready)
    return index &+ Int(ready)
  }

  /// Fills what is missing of the cycle with the fading end of what was there.
  @_noLocks @_noAllocation
  private func starve(
    end: Int64, count: Int, done: Int, _ left: UnsafeMutablePointer<Float>?, _ right: UnsafeMutablePointer<Float>?
  ) {
    guard done < count else { return }
    if !state.pointee.starved {
      state.pointee.starved = true
      state.pointee.cut()
    }
    for index in done..<count { put(state.pointee.emit(0), at: index, left, right) }
    let start = channel.samples.start(of: state.pointee.epoch)
    if start >= 0 { channel.samples.want(from: start &+ end) }
    channel.requests.pointee.missingSamples.wrappingAdd(Int64(count &- done), ordering: .relaxed)
  }

  @_noLocks @_noAllocation
  private func put(
    _ value: Float, at index: Int, _ left: UnsafeMutablePointer<Float>?, _ right: UnsafeMutablePointer<Float>?
  ) {
    if let left { left[index] = value }
    if let right { right[index] = value }
  }
}
