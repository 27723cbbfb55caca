// SickInstrument: clicks among which every fourth sample is no number, or infinite: what a voice gone wrong computes.
import Performer
import Score

/// Spoils what a sound instrument computes.
final class SickInstrument: BlockInstrument {
  let sampleRate = 24_000
  let hop = 320
  private let sound: ClickInstrument

  init(level: Float) { sound = ClickInstrument(level: level) }

  func reset() { sound.reset() }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    let isSounding = sound.render(frame: frame, frames: frames, events: events, settings: settings, into: audio)
    for index in stride(from: 0, to: frames * hop, by: 4) {
      audio[index] = [Float.nan, .infinity, -.infinity, .signalingNaN][index / 4 % 4]
    }
    return isSounding
  }
}
