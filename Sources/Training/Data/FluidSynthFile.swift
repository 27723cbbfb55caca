// FluidSynthFile: a score as FluidSynth plays it like a piano: what it knows nothing of is said in what it knows.
// Half a sustain pedal becomes a longer release of the notes, the left pedal softer strikes.
import Foundation
import Score

extension FluidSynth {
  /// The file that the program plays.
  ///
  /// - Parameters:
  ///   - score: on the grid that `exact` makes; what `midi` writes of it is what people and models read.
  ///   - instrument: as General MIDI counts them, from 0.
  public static func instructions(_ score: Score, instrument: UInt8 = 0) -> [UInt8] {
    var keyboard = Keyboard()
    var messages: [(tick: Int, bytes: [UInt8])] = instrument == 0 ? [] : [(0, [0xC0, instrument & 127])]
    for event in score.events(sampleRate: ticksPerSecond) {
      let before = keyboard
      keyboard.apply(event)
      func say(_ bytes: [UInt8]) { messages.append((Int(event.sample), bytes)) }
      switch event.kind {
      case .noteOn: say([0x90, event.key, keyboard.strike(event.value)])
      case .noteOff: say([0x80, event.key, 64])
      case .sustain:
        if keyboard.damperWeight != before.damperWeight {
          for bytes in release(keyboard.damperWeight) { say(bytes) }
        }
        say([0xB0, 64, event.value >= Keyboard.pedalThreshold ? 127 : 0])
      case .sostenuto: say([0xB0, 66, event.value])
      // Heard as nothing, but the file lasts as long as the score.
      case .soft: say([0xB0, 67, event.value])
      case .resetControllers, .allNotesOff, .allSoundOff, .film: break
      }
    }
    return MIDIFile.bytes(messages, ticksPerQuarter: ticksPerSecond, beatsPerMinute: 60)
  }

  /// A release that takes 1/weight of its time: generator 38 of SoundFont 2.01 (§ 8.1.3) by its NRPN (§ 9.6), in steps
  /// of two timecents.
  private static func release(_ damperWeight: Float) -> [[UInt8]] {
    let timecents = -1200 * log2f(damperWeight)
    let value = min(8192 + Int(timecents / 2), 16383)
    return [[0xB0, 99, 120], [0xB0, 98, 38], [0xB0, 38, UInt8(value & 127)], [0xB0, 6, UInt8(value >> 7)]]
  }
}
