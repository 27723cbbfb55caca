// SlowInstrument: tones on a machine that gets too slow for them whenever a test wishes: while the lowest key is down, each
// step of a block takes its time.
import Glibc
import Performer
import Score

/// Keeps a thread waiting, as a network would keep it busy.
final class SlowInstrument: BlockInstrument {
  let sampleRate = 24_000
  let hop = 320
  private let sound: ToneInstrument
  private let microseconds: Float
  private var isSlow = false

  /// - Parameter milliseconds: of a step.
  init(level: Float, milliseconds: Float) {
    sound = ToneInstrument(level: level)
    microseconds = 1000 * max(0, min(milliseconds, 1000))
  }

  func reset() {
    sound.reset()
    isSlow = false
  }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    for event in events where event.key == Keyboard.keys.lowerBound {
      if event.kind == .noteOn { isSlow = true }
      if event.kind == .noteOff { isSlow = false }
    }
    if isSlow { usleep(UInt32(microseconds * Float(settings.steps))) }
    return sound.render(frame: frame, frames: frames, events: events, settings: settings, into: audio)
  }
}
