// RecordingLevel: how loud a recording is beside the voice's strings that play the same notes, and above its own noise.
import Codec
import Foundation
import Score

/// Two ratios of powers, in dB.
struct RecordingLevel {
  /// What the recording must be raised by to be as loud as the strings.
  let gain: Double
  /// The music above what is heard where nothing sounds; nil when something always sounds.
  let noise: Double?

  /// - Parameter score: as it lies in the recording.
  init(_ score: Score, in samples: [Float], _ source: SourceConfiguration, _ strings: StringTable, _ noise: NoiseBands)
  {
    let hop = source.hop
    let frames = samples.count / hop
    let events = score.events(sampleRate: source.sampleRate)
    let powers = (0..<frames).map { frame in
      samples[frame * hop..<(frame + 1) * hop].reduce(0.0) { $0 + Double($1 * $1) } / Double(hop)
    }
    // Ten seconds from each of at most six places.
    let bank = SourceBank(source, table: strings, noise: noise)
    let length = min(frames, 750)
    var (ours, theirs) = (0.0, 0.0)
    for first in Array(stride(from: 0, through: frames - length, by: length)).evenly(6) {
      ours += Self.power(bank, events, first: first, frames: length)
      theirs += powers[first..<first + length].reduce(0, +)
    }
    gain = theirs > 0 && ours > 0 ? 10 * log10(ours / theirs) : 0
    let quiet = Self.quiet(score, frames: frames, framesPerSecond: Double(source.sampleRate) / Double(hop)).map {
      powers[$0]
    }
    let mean = powers.reduce(0, +) / Double(max(1, frames))
    self.noise = quiet.count >= 20 ? 10 * log10(mean / max(1e-12, quiet.sorted()[quiet.count / 2])) : nil
  }

  /// The power of the strings alone, summed over frames.
  private static func power(_ bank: SourceBank, _ events: [PerformanceEvent], first: Int, frames: Int) -> Double {
    let c = bank.configuration
    let bands = UnsafeMutablePointer<Float>.allocate(capacity: c.bands * c.hop)
    defer { bands.deallocate() }
    bank.reset()
    var next = events.partitionPoint { $0.sample < Int64(first * c.hop) }
    bank.chase(events[..<next].filter { $0.sample >= Int64((first - Excerpt.reach) * c.hop) || $0.kind != .noteOn })
    var power = 0.0
    events.withUnsafeBufferPointer { events in
      for frame in first..<first + frames {
        let inside = Excerpt.events(events, &next, before: Int64((frame + 1) * c.hop))
        bank.write(frame: Int64(frame), events: inside, into: bands)
        for sample in 0..<c.hop {
          var sum: Float = 0
          for band in 0..<c.harmonicBands { sum += bands[band * c.hop + sample] }
          power += Double(sum * sum) / Double(c.hop)
        }
      }
    }
    return power
  }

  /// Frames in which nothing has sounded for two seconds, and that lie 0.2 s before the next note.
  private static func quiet(_ score: Score, frames: Int, framesPerSecond: Double) -> [Int] {
    var sounds = [Bool](repeating: false, count: frames)
    let ends = score.soundingEnds()
    for (note, end) in zip(score.notes, ends) {
      let first = max(0, Int((note.start - 0.2) * framesPerSecond))
      let last = min(frames, Int((end + 2) * framesPerSecond))
      if first < last { for frame in first..<last { sounds[frame] = true } }
    }
    return sounds.indices.filter { !sounds[$0] }
  }
}

extension Score {
  /// When each note is damped: when its key is up and the sustain pedal too.
  func soundingEnds() -> [Double] {
    let moves = pedals.filter { $0.kind == .sustain }
    return notes.map { note in
      let index = moves.partitionPoint { $0.time <= note.end }
      guard index > 0, moves[index - 1].value >= Keyboard.pedalThreshold else { return note.end }
      return moves[index...].first { $0.value < Keyboard.pedalThreshold }?.time ?? note.end + 10
    }
  }
}
