// StageRequests: what the stage tells the generator: the clock, events, settings, that all begins anew.
// The order is the writer's; the generator reads it the same whenever it looks.
import CRealtime
import Score
import Synchronization

extension Stage {
  /// Begins anew in other blocks, with the latency of blocks of `latencyFrames` if those are larger.
  @_noLocks @_noAllocation
  func retime(blockFrames: Int, latencyFrames: Int = 0) {
    let old = state.pointee.timing
    state.pointee.timing = Timing(
      hostRate: old.hostRate, blockFrames: blockFrames, latencyFrames: latencyFrames,
      nominalBlock: state.pointee.nominalBlock, resamplerDelay: old.resamplerDelay)
    channel.requests.pointee.blockFrames.store(blockFrames, ordering: .releasing)
    beginEpoch()
    repeatPedals()
  }

  /// Hosts that do not say how long their cycles are, or change them: sixteen in a row that are too long are a habit.
  @_noLocks @_noAllocation
  func observe(count: Int) {
    guard count > state.pointee.nominalBlock else {
      state.pointee.longCycles = 0
      return
    }
    state.pointee.longCycles &+= 1
    guard state.pointee.longCycles >= 16 else { return }
    state.pointee.longCycles = 0
    set(nominalBlock: count)
  }

  @_noLocks @_noAllocation
  func beginEpoch() {
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

  /// The clock begins `offset` samples into the coming cycle, pedals as they are. Nothing sounds.
  @_noLocks @_noAllocation
  func beginTake(at offset: Int) {
    state.pointee.awaitsNote = false
    beginEpoch()
    state.pointee.now = -Int64(max(0, min(offset, 1 &<< 24)))
    repeatPedals()
  }

  @_noLocks @_noAllocation
  func publishClock() {
    let clock = EpochPosition(epoch: state.pointee.epoch, position: max(0, state.pointee.now))
    channel.requests.pointee.clock.store(clock.packed, ordering: .releasing)
  }

  /// Advances the clock; wakes the generator when a block has become complete, unless it is known to be silent.
  @_noLocks @_noAllocation
  func announce(count: Int, wait: Bool) {
    let timing = state.pointee.timing
    let before = timing.completeBlocks(at: state.pointee.now)
    if state.pointee.now <= 0 || wait != channel.requests.pointee.waits.load(ordering: .relaxed) {
      channel.requests.pointee.thread.store(fp_thread(), ordering: .relaxed)
    }
    state.pointee.now &+= Int64(count)
    channel.requests.pointee.waits.store(wait, ordering: .relaxed)
    publishClock()
    guard timing.completeBlocks(at: state.pointee.now) != before && !channel.isSilent else { return }
    setDeadlines(wait: wait)
    channel.work.raise()
  }

  /// Sample `x` of the stream is handed out when the clock has come to `x` and the latency: in the cycle that begins so
  /// much later than this one, or in the one before.
  @_noLocks @_noAllocation
  private func setDeadlines(wait: Bool) {
    let timing = state.pointee.timing
    let ahead = wait ? 0 : Int64(timing.latency &- timing.resamplerDelay) &- state.pointee.now
    channel.requests.pointee.due.store(state.pointee.clock.now &+ timing.nanoseconds(ahead), ordering: .relaxed)
  }

  @_noLocks @_noAllocation
  func remember(_ kind: PerformanceEvent.Kind, _ value: UInt8) {
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
  func nextSample(offset: Int64) -> Int64 {
    let sample = max(state.pointee.lastEvent, state.pointee.timing.codecSample(at: state.pointee.now &+ offset))
    state.pointee.lastEvent = sample
    return sample
  }

  @_noLocks @_noAllocation
  func push(_ kind: PerformanceEvent.Kind, key: UInt8, value: UInt8, sample: Int64) -> Bool {
    channel.messages.push(
      Message(
        epoch: state.pointee.epoch, sample: sample, kind: kind, key: key, value: value,
        settings: state.pointee.settings))
  }

  /// After a lost release: ends all notes and sets the pedals right, once there is room for it.
  @_noLocks @_noAllocation
  func repairReleases() {
    guard state.pointee.lostReleases && channel.messages.room >= 4 else { return }
    state.pointee.lostReleases = false
    let sample = nextSample(offset: 0)
    _ = push(.allNotesOff, key: 0, value: 0, sample: sample)
    _ = push(.sustain, key: 0, value: state.pointee.sustain, sample: sample)
    _ = push(.sostenuto, key: 0, value: state.pointee.sostenuto, sample: sample)
    _ = push(.soft, key: 0, value: state.pointee.soft, sample: sample)
  }

  @_noLocks @_noAllocation
  func repeatPedals() {
    if state.pointee.sustain > 0 { post(.sustain, key: 0, value: state.pointee.sustain, offset: 0) }
    if state.pointee.sostenuto > 0 { post(.sostenuto, key: 0, value: state.pointee.sostenuto, offset: 0) }
    if state.pointee.soft > 0 { post(.soft, key: 0, value: state.pointee.soft, offset: 0) }
  }

  @_noLocks @_noAllocation
  func sendSettings() {
    guard !state.pointee.settingsAreSent else { return }
    let sample = nextSample(offset: 0)
    state.pointee.settingsAreSent = channel.messages.push(
      Message(epoch: state.pointee.epoch, sample: sample, kind: nil, settings: state.pointee.settings))
  }
}
