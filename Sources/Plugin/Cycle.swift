// Cycle: one call of the host's on the audio thread: read, play, answer.
// Everything here and below is checked by the compiler to take no lock and allocate nothing.
import CLV2
import CRealtime
import Performer
import Score
import Synchronization

extension Instance {
  /// The history is forgotten; what was set stays.
  @_noLocks @_noAllocation
  mutating func activate() {
    stage.reset(fromFirstNote: true)
    live = Hand()
    player.forget()
    silence = Self.longSilence
    gain = Ramp(fp_amplitude(controls.gain.value))
    presence = Ramp(controls.enabled.isOn ? 1 : 0)
    tiltLeft.reset(tone: controls.tone.value)
    tiltRight.reset(tone: controls.tone.value)
  }

  /// Fills `count` samples of the outputs.
  @_noLocks @_noAllocation
  mutating func run(_ count: Int) {
    let denormals = fp_flush_denormals()
    readControls()
    readEvents(count)
    if controls.freewheel.isOn { awaitCourier() }
    perform(count)
    answer()
    fp_restore_denormals(denormals)
  }

  @_noLocks @_noAllocation
  private mutating func readControls() {
    // A fiftieth of a second is fast to the hand and slow to the ear.
    let glide = rate / 50
    if controls.gain.read(ports.gain) { gain.move(to: fp_amplitude(controls.gain.value), in: glide) }
    if controls.enabled.read(ports.enabled) {
      presence.move(to: controls.enabled.isOn ? 1 : 0, in: glide)
      if !controls.enabled.isOn { stage.post(.allSoundOff, key: 0, value: 0, offset: 0) }
      player.lose()
    }
    // An export is made as it was set; what the machine wants live it may have in a pause.
    if controls.freewheel.read(ports.freewheel) {
      stage.adoptBlockSize(live: !controls.freewheel.isOn)
    } else if stage.isBlockSizeWaiting && isPausing {
      stage.adoptBlockSize(live: true)
    }
    _ = controls.velocity.read(ports.velocity)
    if controls.tone.read(ports.tone) {
      tiltLeft.move(to: controls.tone.value, in: glide)
      tiltRight.move(to: controls.tone.value, in: glide)
    }
    _ = controls.scoreTime.read(ports.scoreTime)
    _ = controls.position.read(ports.position)
    if controls.block.read(ports.block) { stage.set(blockFrames: controls.block.whole) }
    let steps = controls.steps.read(ports.steps)
    let guidance = controls.guidance.read(ports.guidance)
    let seed = controls.seed.read(ports.seed)
    guard steps || guidance || seed else { return }
    settings.steps = Int32(truncatingIfNeeded: controls.steps.whole)
    settings.guidance = controls.guidance.value
    settings.seed = UInt64(truncatingIfNeeded: controls.seed.whole)
    stage.set(settings)
  }

  /// Nothing sounds or is about to, and no transport rolls: nobody counts on the latency.
  private var isPausing: Bool {
    @_noLocks @_noAllocation get {
      !controls.freewheel.isOn && !transport.isRolling && silence > stage.latency
    }
  }

  @_noLocks @_noAllocation
  private mutating func readEvents(_ count: Int) {
    if stage.latency != seenLatency { player.forget() }
    seenLatency = stage.latency
    beginScore()
    if var events = SequenceReader(ports.control, sequence: urids.sequence) {
      while let event = events.next() {
        if event.value.type == urids.midiEvent {
          play(event, in: count)
        } else if event.value.type == urids.object || event.value.type == urids.blank {
          receive(event.value)
          follow(event, in: count)
        }
      }
    }
    performScore(until: count)
  }

  /// Where the transport is, the score goes on. A take that begins in silence begins anew.
  @_noLocks @_noAllocation
  private mutating func follow(_ event: AtomEvent, in count: Int) {
    guard ObjectReader(event.value)?.kind == urids.position else { return }
    let end = Int64(count)
    performScore(until: Int(event.time < 0 ? 0 : (event.time > end ? end : event.time)))
    guard let change = transport.hear(event.value, urids, rate: rate) else { return }
    if transport.isRolling && (change.starts || change.jumps) && silence > stage.latency {
      stage.reset(fromFirstNote: true)
      player.forget()
      // Keys that are down have died away; a pedal that is down is still down.
      if live.hasPedals { postPedals(at: 0) }
    }
    if change.starts || (player.isInQuarters ? change.jumpsInQuarters : change.jumps) { player.lose() }
    if !transport.isRolling { dropScore(at: player.offset) }
  }

  /// Times outside the cycle are brought into it: some hosts put events at its end.
  @_noLocks @_noAllocation
  private mutating func play(_ event: AtomEvent, in count: Int) {
    guard let message = MIDIMessage(event.value.bytes, velocityCurve: controls.velocity.value) else { return }
    let last = Int64(count > 0 ? count - 1 : 0)
    let time = event.time < 0 ? 0 : (event.time > last ? last : event.time)
    performScore(until: Int(time))
    play(message.kind, key: message.key, value: message.value, at: Int(time))
  }

  /// Freewheeling, a voice that was set in this cycle is waited for.
  @_noLocks @_noAllocation
  private func awaitCourier() {
    let deadline = fp_now() &+ 1_000_000_000
    while fp_now() < deadline {
      let seen = arrival.value
      if delivered.pointee.load(ordering: .acquiring) >= wish { return }
      arrival.wait(while: seen, until: deadline)
    }
  }

  /// Freewheeling, a score that was set is waited for, until the courier has seen what it is; and so is an old one's
  /// return, without which the new one is not taken.
  @_noLocks @_noAllocation
  func awaitScore() {
    let deadline = fp_now() &+ 4_000_000_000
    while fp_now() < deadline {
      let seen = arrival.value
      if lectern.settled >= score.edition && lectern.isFree { return }
      arrival.wait(while: seen, until: deadline)
    }
  }

  @_noLocks @_noAllocation
  private mutating func perform(_ count: Int) {
    stage.run(left: ports.left, right: ports.right, count: count, wait: controls.freewheel.isOn)
    let left = ports.left
    // Outputs may be one and the same buffer, which is then shaped once.
    let right = ports.right == left ? nil : ports.right
    for index in 0..<count {
      let factor = gain.next() * presence.next()
      if let sample = left?[index] ?? right?[index], sample != 0 { silence = 0 } else { silence &+= 1 }
      if let left { left[index] = tiltLeft(left[index]) * factor }
      if let right { right[index] = tiltRight(right[index]) * factor }
    }
  }

  @_noLocks @_noAllocation
  private mutating func answer() {
    let now = stage.status
    // A voice that was loading and is ready may have been both between two cycles.
    let news = stage.news
    if now.rawValue != seenStatus.rawValue || news != seenNews {
      seenStatus = now
      seenNews = news
      bell.raise()
    }
    ports.latency?.pointee = Float(stage.latency)
    ports.late?.pointee = Float(stage.counters.lateBlocks)
    ports.economy?.pointee = Float(stage.economy.stage.rawValue)
    ports.ready?.pointee = now.rawValue == VoiceStatus.ready.rawValue ? 1 : 0
    guard var writer = AtomWriter(ports.notify, sequence: urids.sequence) else { return }
    tell(&writer)
  }
}
