// Cycle: one call of the host's on the audio thread: read, play, answer.
// Everything here and below is checked by the compiler to take no lock and allocate nothing.
import CLV2
import Score

extension Instance {
  /// The history is forgotten; what was set stays.
  @_noLocks @_noAllocation
  mutating func activate() {
    gain = Ramp(clv2_amplitude(controls.gain.value))
    presence = Ramp(controls.enabled.isOn ? 1 : 0)
  }

  /// Fills `count` samples of the outputs.
  @_noLocks @_noAllocation
  mutating func run(_ count: Int) {
    readControls()
    readEvents(count)
    perform(count)
    answer()
  }

  @_noLocks @_noAllocation
  private mutating func readControls() {
    // A fiftieth of a second is fast to the hand and slow to the ear.
    let glide = rate / 50
    if controls.gain.read(ports.gain) { gain.move(to: clv2_amplitude(controls.gain.value), in: glide) }
    if controls.enabled.read(ports.enabled) { presence.move(to: controls.enabled.isOn ? 1 : 0, in: glide) }
  }

  @_noLocks @_noAllocation
  private mutating func readEvents(_ count: Int) {
    guard var events = SequenceReader(ports.control, sequence: urids.sequence) else { return }
    while let event = events.next() {
      if event.value.type == urids.object || event.value.type == urids.blank { receive(event.value) }
    }
  }

  @_noLocks @_noAllocation
  private mutating func perform(_ count: Int) {
    ports.left?.update(repeating: 0, count: count)
    ports.right?.update(repeating: 0, count: count)
  }

  @_noLocks @_noAllocation
  private mutating func answer() {
    ports.latency?.pointee = 0
    ports.late?.pointee = 0
    ports.ready?.pointee = 0
    guard var writer = AtomWriter(ports.notify, sequence: urids.sequence) else { return }
    tell(&writer)
  }
}
