// ClickInstrument: what the tests hear instead of a voice. A note is one sample at its velocity, and a tail that halves
// in 10 ms; so every event can be found again in the sound, to the sample. Where the voice file wants it, other events
// click softly, too, each kind, key and value in its own way.
import Performer
import Score

/// Sounds whose place and height are known.
final class ClickInstrument: BlockInstrument {
  let sampleRate = 24_000
  let hop = 320
  /// What the voice file says: the height of a full click.
  private let level: Float
  /// The height of the softest click of other events.
  private let action: Float
  private var tail: Float = 0

  init(level: Float, action: Float = 0) {
    self.level = level
    self.action = action
  }

  func reset() { tail = 0 }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    var next = events.startIndex
    for index in 0..<frames * hop {
      tail *= 0.9971
      audio[index] = tail
      while next < events.endIndex, events[next].sample <= frame * Int64(hop) + Int64(index) {
        if events[next].kind == .noteOn {
          let height = level * Float(events[next].value) / 127
          audio[index] += height
          // The seed, the steps and the block's number can be heard, so that tests see what arrives.
          let share = 1000 * Float(settings.seed % 100) + 100 * Float(settings.steps) + Float(frame % 97)
          tail += height * (0.1 + 1e-6 * share)
        } else {
          let event = events[next]
          audio[index] += action * (Float(event.kind.rawValue) + Float(event.key) / 256 + Float(event.value) / 200)
        }
        next += 1
      }
    }
    return tail > 1e-4
  }
}
