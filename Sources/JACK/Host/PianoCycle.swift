// PianoCycle: what the instrument does in one cycle, on the audio thread: read, play.
// The same stage as in the plugin, and the same rule: a transport that starts in silence counts blocks from there.
import CJack
import CRealtime
import Performer
import Score
import Synchronization

/// The instrument's own memory.
struct PianoCycle: BitwiseCopyable {
  let stage: Stage
  let transport: Transport
  let input: Port, left: Port, right: Port
  let words: UnsafeMutablePointer<PianoWords>
  let rate: Int

  private var edition = 0, panics = 0
  private var velocity: Float = 0
  private var gain = Ramp(1)
  private var tone: Float = 0
  private var tiltLeft: Tilt, tiltRight: Tilt
  private var hasControls = false
  /// Samples since something sounded or was struck.
  private var silence = 1 << 40
  private var isRolling = false
  private var nextFrame: Int64 = -1

  init(
    stage: Stage, transport: Transport, input: Port, left: Port, right: Port,
    words: UnsafeMutablePointer<PianoWords>, rate: Int
  ) {
    (self.stage, self.transport, self.input, self.left, self.right) = (stage, transport, input, left, right)
    (self.words, self.rate) = (words, rate)
    tiltLeft = Tilt(rate: rate)
    tiltRight = tiltLeft
  }

  @_noLocks @_noAllocation
  mutating func run(_ frames: UInt32) {
    guard let left = left.samples(frames), let right = right.samples(frames) else { return }
    let denormals = fp_flush_denormals()
    let count = Int(frames)
    stage.set(nominalBlock: count)
    readControls()
    let isFreewheeling = words.pointee.isFreewheeling.load(ordering: .relaxed)
    if starts(count), silence > stage.latency { stage.reset(fromFirstNote: true) }
    // A size of blocks that the machine wants is taken up where nobody counts on the latency.
    if !isRolling && silence > stage.latency { stage.adoptBlockSize(live: !isFreewheeling) }
    readEvents(frames)
    stage.run(left: left, right: right, count: count, wait: isFreewheeling)
    for index in 0..<count {
      if left[index] != 0 { silence = 0 } else { silence = silence &+ 1 }
      let factor = gain.next()
      left[index] = tiltLeft(left[index]) * factor
      right[index] = tiltRight(right[index]) * factor
    }
    words.pointee.latency.store(stage.latency, ordering: .relaxed)
    fp_restore_denormals(denormals)
  }

  /// What is heard is `latency` later than what came in; what plays into it must come as much earlier.
  func tellLatency(_ mode: Int32) {
    let latency = UInt32(words.pointee.latency.load(ordering: .relaxed))
    var range = cjack_latency_range()
    if mode == Int32(CJACK_CAPTURE_LATENCY) {
      cjack_latency(input.handle, mode, &range)
      var later = cjack_latency_range(min: range.min &+ latency, max: range.max &+ latency)
      cjack_set_latency(left.handle, mode, &later)
      cjack_set_latency(right.handle, mode, &later)
    } else {
      var other = cjack_latency_range()
      cjack_latency(left.handle, mode, &range)
      cjack_latency(right.handle, mode, &other)
      var earlier = cjack_latency_range(
        min: min(range.min, other.min) &+ latency, max: max(range.max, other.max) &+ latency)
      cjack_set_latency(input.handle, mode, &earlier)
    }
  }

  @_noLocks @_noAllocation
  private mutating func readControls() {
    let asked = words.pointee.panics.load(ordering: .acquiring)
    if asked != panics {
      panics = asked
      stage.post(.allSoundOff, key: 0, value: 0, offset: 0)
    }
    let now = words.pointee.edition.load(ordering: .acquiring)
    guard now != edition else { return }
    edition = now
    stage.set(blockFrames: words.pointee.block.load(ordering: .relaxed))
    stage.set(
      PerformanceSettings(
        steps: Int32(truncatingIfNeeded: words.pointee.steps.load(ordering: .relaxed)),
        guidance: Float(bitPattern: words.pointee.guidance.load(ordering: .relaxed)),
        seed: words.pointee.seed.load(ordering: .relaxed)))
    velocity = Float(bitPattern: words.pointee.velocity.load(ordering: .relaxed))
    // A fiftieth of a second is fast to the hand and slow to the ear.
    let glide = hasControls ? rate / 50 : 0
    hasControls = true
    gain.move(to: Float(bitPattern: words.pointee.amplitude.load(ordering: .relaxed)), in: glide)
    let brightness = Float(bitPattern: words.pointee.tone.load(ordering: .relaxed))
    guard brightness != tone else { return }
    tone = brightness
    tiltLeft.move(to: tone, in: glide)
    tiltRight.move(to: tone, in: glide)
  }

  /// Whether the transport starts to roll with this cycle, or was moved while it rolls.
  @_noLocks @_noAllocation
  private mutating func starts(_ count: Int) -> Bool {
    let (state, frame) = transport.query()
    let wasRolling = isRolling
    let expected = nextFrame
    isRolling = false
    if case .rolling = state { isRolling = true }
    nextFrame = frame &+ Int64(count)
    return isRolling && !(wasRolling && frame == expected)
  }

  @_noLocks @_noAllocation
  private mutating func readEvents(_ frames: UInt32) {
    guard let midi = input.midi(frames) else { return }
    for index in 0..<midi.count {
      guard let (time, bytes) = midi.message(index), let message = MIDIMessage(bytes, velocityCurve: velocity) else {
        continue
      }
      stage.post(message.kind, key: message.key, value: message.value, offset: time)
      if case .noteOn = message.kind {
        silence = 0
        words.pointee.notes.wrappingAdd(1, ordering: .relaxed)
      }
    }
  }
}
