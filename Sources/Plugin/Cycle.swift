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
    stage.reset()
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
    }
    _ = controls.freewheel.read(ports.freewheel)
    _ = controls.velocity.read(ports.velocity)
    if controls.tone.read(ports.tone) {
      tiltLeft.move(to: controls.tone.value, in: glide)
      tiltRight.move(to: controls.tone.value, in: glide)
    }
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

  @_noLocks @_noAllocation
  private mutating func readEvents(_ count: Int) {
    guard var events = SequenceReader(ports.control, sequence: urids.sequence) else { return }
    while let event = events.next() {
      if event.value.type == urids.midiEvent {
        play(event, in: count)
      } else if event.value.type == urids.object || event.value.type == urids.blank {
        receive(event.value)
        if transport.starts(event.value, urids) && silence > stage.latency { stage.reset() }
      }
    }
  }

  /// Times outside the cycle are brought into it: some hosts put events at its end.
  @_noLocks @_noAllocation
  private mutating func play(_ event: AtomEvent, in count: Int) {
    guard let message = MIDIMessage(event.value.bytes, velocityCurve: controls.velocity.value) else { return }
    if message.kind == .noteOn && !controls.enabled.isOn { return }
    let last = Int64(count > 0 ? count - 1 : 0)
    let time = event.time < 0 ? 0 : (event.time > last ? last : event.time)
    stage.post(message.kind, key: message.key, value: message.value, offset: Int(time))
    if message.kind == .noteOn { silence = 0 }
  }

  /// Freewheeling, a voice that was set in this cycle is waited for.
  @_noLocks @_noAllocation
  private func awaitCourier() {
    let deadline = fp_now() &+ 1_000_000_000
    while fp_now() < deadline {
      let seen = arrival.value
      if delivered.pointee.load(ordering: .acquiring) >= voice.edition { return }
      arrival.wait(while: seen, until: deadline)
    }
  }

  @_noLocks @_noAllocation
  private mutating func perform(_ count: Int) {
    stage.run(left: ports.left, right: ports.right, count: count, wait: controls.freewheel.isOn)
    transport.advance(count)
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
    if now.rawValue != seenStatus.rawValue {
      seenStatus = now
      bell.raise()
    }
    ports.latency?.pointee = Float(stage.latency)
    ports.late?.pointee = Float(stage.counters.lateBlocks)
    ports.ready?.pointee = now.rawValue == VoiceStatus.ready.rawValue ? 1 : 0
    guard var writer = AtomWriter(ports.notify, sequence: urids.sequence) else { return }
    tell(&writer)
  }
}
