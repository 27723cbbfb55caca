// ToneInstrument: what the tests hear where it matters how many keys sound: each adds its height to the sound for as long
// as it is down or a pedal holds it, so that a stuck note cannot hide.
import Performer
import Score

/// Adds up what sounds.
final class ToneInstrument: BlockInstrument {
  let sampleRate = 24_000
  let hop = 320
  /// What the voice file says: the height of a key struck with all force.
  private let level: Float
  private var keyboard = Keyboard()
  private var heights = [Float](repeating: 0, count: 128)

  init(level: Float) { self.level = level }

  func reset() {
    keyboard = Keyboard()
    for key in heights.indices { heights[key] = 0 }
  }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    var next = events.startIndex
    var sum = heights.reduce(0, +)
    for index in 0..<frames * hop {
      let now = frame * Int64(hop) + Int64(index)
      if next < events.endIndex, events[next].sample <= now {
        while next < events.endIndex, events[next].sample <= now {
          take(events[next])
          next += 1
        }
        sum = heights.reduce(0, +)
      }
      audio[index] = sum
    }
    return sum > 0
  }

  private func take(_ event: PerformanceEvent) {
    keyboard.apply(event)
    if event.kind == .noteOn, Keyboard.keys.contains(event.key) {
      heights[Int(event.key)] = level * Float(keyboard.strike(event.value)) / 127
    }
    if event.kind == .allSoundOff { for key in heights.indices { heights[key] = 0 } }
    for key in Keyboard.keys where heights[Int(key)] > 0 && !keyboard.isDown(key) {
      // The highest keys of a piano have no dampers; tones end all the same.
      if key > Keyboard.lastDamper || !keyboard.isDamperUp(key) { heights[Int(key)] = 0 }
    }
  }
}
