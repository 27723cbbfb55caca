// Instruments to test with: they know what they were asked, and what they play can be foretold.
import Glibc
import Performer
import Score
import Synchronization

/// Puts its events down as impulses: note-on 1, anything else 0.25. Sounds for `ring` blocks after the last event.
final class ImpulseInstrument: BlockInstrument {
  struct Call: Equatable {
    var frame: Int64
    var frames: Int
    var events: [PerformanceEvent]
    var settings: PerformanceSettings
    var wasReset: Bool
  }

  let sampleRate = 24_000
  let hop = 320
  private let ring: Int
  private var left = 0
  private var wasReset = false
  private(set) var calls: [Call] = []

  private(set) var prepared: [Int] = []

  init(ring: Int = 0) { self.ring = ring }

  func prepare(frames: Int) { if prepared.last != frames { prepared.append(frames) } }

  func reset() { wasReset = true }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    calls.append(
      Call(frame: frame, frames: frames, events: Array(events), settings: settings, wasReset: wasReset))
    wasReset = false
    audio.update(repeating: 0, count: frames * hop)
    for event in events { audio[Int(event.sample - frame * Int64(hop))] += event.kind == .noteOn ? 1 : 0.25 }
    left = events.isEmpty ? left - 1 : ring
    return left > 0
  }
}

/// A sine for each key, struck at its velocity, dying slowly and fast when released; the seed sets its phase.
final class SineInstrument: BlockInstrument {
  let sampleRate: Int
  let hop = 320
  private let level: Float
  private var keys: [(phase: Double, step: Double, level: Float, held: Bool)] = []
  private var struck: [Int] = []

  init(level: Float = 1, sampleRate: Int = 24_000) {
    self.level = level
    self.sampleRate = sampleRate
    reset()
  }

  func reset() {
    keys = Array(repeating: (0, 0, 0, false), count: 128)
    struck = []
  }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    var next = 0
    let start = frame * Int64(hop)
    for index in 0..<frames * hop {
      while next < events.count && events[next].sample <= start + Int64(index) {
        take(events[next], seed: settings.seed)
        next += 1
      }
      var sum: Float = 0
      for key in struck where keys[key].level > 1e-4 {
        sum += keys[key].level * Float(sin(keys[key].phase))
        keys[key].phase += keys[key].step
        keys[key].level *= keys[key].held ? 0.9999 : 0.998
      }
      audio[index] = sum * level
    }
    struck.removeAll { keys[$0].level <= 1e-4 }
    return !struck.isEmpty
  }

  private func take(_ event: PerformanceEvent, seed: UInt64) {
    let key = Int(event.key)
    switch event.kind {
    case .noteOn:
      let step = 2 * Double.pi * 440 * pow(2, Double(key - 69) / 12) / 24_000
      keys[key] = (Double(seed % 7), step, Float(event.value) / 512, true)
      if !struck.contains(key) { struck.append(key) }
    case .noteOff: keys[key].held = false
    case .allNotesOff: for key in keys.indices { keys[key].held = false }
    default: break
    }
  }
}

/// Waits at a gate before each block: so that lateness is a matter of order, not of time.
final class GatedInstrument: BlockInstrument, @unchecked Sendable {
  let sampleRate = 24_000
  let hop = 320
  private let inner: any BlockInstrument
  private let isOpen = Atomic<Bool>(true), isHeld = Atomic<Bool>(false)

  init(_ inner: any BlockInstrument) { self.inner = inner }

  /// Whether a block stands at the gate.
  var isAwaited: Bool { isHeld.load(ordering: .acquiring) }

  func setOpen(_ open: Bool) { isOpen.store(open, ordering: .releasing) }

  func prepare(frames: Int) { inner.prepare(frames: frames) }

  func reset() { inner.reset() }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    while !isOpen.load(ordering: .acquiring) {
      isHeld.store(true, ordering: .releasing)
      usleep(500)
    }
    isHeld.store(false, ordering: .releasing)
    return inner.render(frame: frame, frames: frames, events: events, settings: settings, into: audio)
  }
}

/// A constant while a key is down, not a number in every third sample: worse than any voice.
final class InvalidInstrument: BlockInstrument {
  let sampleRate = 24_000
  let hop = 320
  func reset() {}
  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    for index in 0..<frames * hop { audio[index] = [0.5, .nan, -.infinity][index % 3] }
    return false
  }
}

/// Hands one instrument from the test to the thread that opens voices.
struct Handed: @unchecked Sendable {
  let instrument: any BlockInstrument
}
