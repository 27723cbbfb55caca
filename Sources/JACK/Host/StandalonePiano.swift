// StandalonePiano: a performer with ports of its own: MIDI in, stereo out. What a cycle does is in PianoCycle;
// here are its memory, its ports' latencies, and what others set and read.
import CJack
import CRealtime
import Performer
import Synchronization

/// What a musician sets.
public struct PianoControls: Sendable, Equatable {
  public var settings = PerformanceSettings(seed: 0)
  /// Codec frames a block.
  public var block = 2
  /// Decibels.
  public var gain: Float = 0
  /// −1…1, see `MIDIMessage.bent`.
  public var velocity: Float = 0
  /// −1…1: darker, brighter.
  public var tone: Float = 0

  public init() {}
}

/// The words between the audio thread and everybody else.
struct PianoWords: ~Copyable {
  /// Counts what was set.
  let edition = Atomic<Int>(0)
  let block = Atomic<Int>(2), steps = Atomic<Int>(4), seed = Atomic<UInt64>(0)
  let guidance = Atomic<UInt32>(0), amplitude = Atomic<UInt32>(0), velocity = Atomic<UInt32>(0),
    tone = Atomic<UInt32>(0)
  /// Counts wishes for silence.
  let panics = Atomic<Int>(0)
  /// The graph runs as fast as it can.
  let isFreewheeling = Atomic<Bool>(false)
  let latency = Atomic<Int>(0)
  /// Note-ons that came in.
  let notes = Atomic<Int>(0)
}

/// The instrument on a client. Close the client first, then the performer.
public final class StandalonePiano {
  public let input: Port, left: Port, right: Port
  private let words: UnsafeMutablePointer<PianoWords>
  private let cycle: UnsafeMutablePointer<PianoCycle>

  /// Gives an open client, which is not active yet, the instrument's ports.
  public init(_ client: Client, performer: Performer, controls: PianoControls) throws(JACKError) {
    input = try client.port("midi_in", .midi, .input)
    left = try client.port("out_left", .audio, .output)
    right = try client.port("out_right", .audio, .output)
    words = .allocate(capacity: 1)
    words.initialize(to: PianoWords())
    words.pointee.latency.store(performer.stage.latency, ordering: .relaxed)
    cycle = .allocate(capacity: 1)
    cycle.initialize(
      to: PianoCycle(
        stage: performer.stage, transport: client.transport, input: input, left: left, right: right, words: words,
        rate: client.sampleRate))
    set(controls)
    cjack_on_process(
      client.handle,
      { frames, context in
        context!.assumingMemoryBound(to: PianoCycle.self).pointee.run(frames)
        return 0
      }, cycle)
    cjack_on_freewheel(
      client.handle,
      { isOn, context in
        context!.assumingMemoryBound(to: PianoWords.self).pointee.isFreewheeling.store(isOn != 0, ordering: .relaxed)
      }, words)
    cjack_on_latency(
      client.handle,
      { mode, context in
        context!.assumingMemoryBound(to: PianoCycle.self).pointee.tellLatency(mode)
      }, cycle)
  }

  deinit {
    cycle.deallocate()
    words.deinitialize(count: 1)
    words.deallocate()
  }

  /// Plays with other controls from the next cycle on.
  public func set(_ controls: PianoControls) {
    words.pointee.block.store(controls.block, ordering: .relaxed)
    words.pointee.steps.store(Int(controls.settings.steps), ordering: .relaxed)
    words.pointee.seed.store(controls.settings.seed, ordering: .relaxed)
    words.pointee.guidance.store(controls.settings.guidance.bitPattern, ordering: .relaxed)
    words.pointee.amplitude.store(fp_amplitude(controls.gain).bitPattern, ordering: .relaxed)
    words.pointee.velocity.store(controls.velocity.bitPattern, ordering: .relaxed)
    words.pointee.tone.store(controls.tone.bitPattern, ordering: .relaxed)
    words.pointee.edition.wrappingAdd(1, ordering: .releasing)
  }

  /// Lets everything that sounds fade, and all keys and pedals come up.
  public func silence() { words.pointee.panics.wrappingAdd(1, ordering: .releasing) }

  /// Samples from an event to its sound.
  public var latency: Int { words.pointee.latency.load(ordering: .relaxed) }

  /// Note-ons that came in.
  public var notes: Int { words.pointee.notes.load(ordering: .relaxed) }
}
