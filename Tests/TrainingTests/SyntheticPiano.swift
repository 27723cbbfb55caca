// SyntheticPiano: recordings of which everything is known: sines that die away, later than their score, by a clock that
// drifts, out of tune, cut off, or buried in noise.
import Codec
import Foundation
import Media
import Score
import Training

/// An instrument without secrets.
struct SyntheticPiano {
  var rate = 24000
  /// Where the score lies in the recording: seconds, and parts of one.
  var offset = 0.0, drift = 0.0
  var cents = 0.0
  var gain = 1.0, noise = 0.0
  /// Where the samples are cut off.
  var ceiling = 1.0
  /// Seconds after the last note.
  var tail = 1.5

  func samples(_ score: Score) -> [Float] {
    func time(_ seconds: Double) -> Double { offset + (1 + drift) * seconds }
    let count = Int((time(score.duration) + tail) * Double(rate))
    var sound = [Float](repeating: 0, count: count)
    let tuning = pow(2, cents / 1200)
    for note in score.notes {
      let first = max(0, Int((time(note.start) * Double(rate)).rounded(.up)))
      let last = min(count, Int(time(note.end + 0.4) * Double(rate)))
      guard first < last else { continue }
      let key = Int(note.key) - 21
      for partial in 1...6 {
        let p = Double(partial)
        let hertz =
          StringTable.temperedFrequency(key) * p * tuning
          * (1 + StringTable.typicalInharmonicity(key) * p * p).squareRoot()
        guard hertz < 0.45 * Double(rate) else { break }
        let level = gain * 0.08 * Double(note.velocity) / 127 / p
        // A turning pointer is cheaper than a sine a sample; damped when the key is up.
        let turn = 2 * Double.pi * hertz / Double(rate)
        let step = (cos(turn), sin(turn))
        let phase = 2.0 * Double(key * 7 + partial)
        var pointer = (level * cos(phase), level * sin(phase))
        let free = exp(-(1.5 + 0.8 * p) / Double(rate))
        let damped = exp(-12 / Double(rate))
        let release = Int(time(note.end) * Double(rate))
        for index in first..<last {
          let rise = min(1, Double(index - first) / (0.001 * Double(rate)))
          sound[index] += Float(rise * pointer.1)
          let loss = index < release ? free : damped
          pointer = (
            loss * (pointer.0 * step.0 - pointer.1 * step.1), loss * (pointer.0 * step.1 + pointer.1 * step.0)
          )
        }
      }
    }
    var state: UInt64 = 7
    let limit = Float(ceiling)
    return sound.map { value in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let white = Double(state >> 33) / Double(1 << 30) - 1
      return min(max(value + Float(noise * white), -limit), limit)
    }
  }

  /// Writes the recording, in stereo when `channels` is 2.
  func write(_ score: Score, to path: String, channels: Int = 1) throws {
    let mono = samples(score)
    try AudioFileWriter.write(
      channels == 1 ? mono : mono.flatMap { [$0, $0] }, to: path, sampleRate: rate, channels: channels)
  }

  /// What the piano plays: composed, so that it is music of some kind.
  static func score(seed: UInt64, seconds: Double) -> Score {
    PerformanceGenerator(seed: seed).performance(seconds: seconds)
  }
}
