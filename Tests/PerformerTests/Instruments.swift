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

  init(ring: Int = 0) { self.ring = ring }

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
  private let delay: UInt32
  private var keys: [(phase: Double, level: Float, held: Bool)] = Array(repeating: (0, 0, false), count: 128)

  /// - Parameter delay: microseconds that each block takes.
  init(level: Float = 1, delay: UInt32 = 0, sampleRate: Int = 24_000) {
    self.level = level
    self.delay = delay
    self.sampleRate = sampleRate
  }

  func reset() { keys = Array(repeating: (0, 0, false), count: 128) }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    if delay > 0 { usleep(delay) }
    var next = 0
    let start = frame * Int64(hop)
    for index in 0..<frames * hop {
      while next < events.count && events[next].sample <= start + Int64(index) {
        take(events[next], seed: settings.seed)
        next += 1
      }
      var sum: Float = 0
      for key in 21...108 where keys[key].level > 1e-4 {
        sum += keys[key].level * Float(sin(keys[key].phase))
        keys[key].phase += 2 * Double.pi * 27.5 * pow(2, Double(key - 21) / 12) / 24_000
        keys[key].level *= keys[key].held ? 0.9999 : 0.998
      }
      audio[index] = sum * level
    }
    return keys.contains { $0.level > 1e-4 }
  }

  private func take(_ event: PerformanceEvent, seed: UInt64) {
    let key = Int(event.key)
    switch event.kind {
    case .noteOn: keys[key] = (Double(seed % 7), Float(event.value) / 512, true)
    case .noteOff: keys[key].held = false
    case .allNotesOff: for key in keys.indices { keys[key].held = false }
    default: break
    }
  }
}

/// Hands one instrument from the test to the thread that opens voices.
struct Handed: @unchecked Sendable {
  let instrument: any BlockInstrument
}
