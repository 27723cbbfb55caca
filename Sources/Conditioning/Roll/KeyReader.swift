// KeyReader: the notes of one key. Up, or down since some time; onsets say when, probabilities of being down how long.
import Score

/// What is known of one key.
struct KeyReader: Sendable {
  struct Heard: Sendable {
    var note: Note
    var confidence: Double
    /// What is seen of how loud it is; nil where nothing is.
    var loudness: Double?
  }

  /// A note that has not ended.
  private struct Held {
    var start: Double
    var loudness: Double?
    /// Of its onset, and whether that is where it began.
    var peak: Double, isStruck: Bool
    /// Sums over the moments since.
    var down = 0.0, moments = 0.0
  }

  /// What a velocity is taken to be where nobody tells: that of coarse scores.
  private static let untold: UInt8 = 64
  /// So long is a note at least, seconds: an event of MIDI.
  private static let shortest = 0.001

  private var held: Held?
  /// When the key came up last.
  private var free = 0.0

  /// - Parameter loudness: what is seen of how loud a note of a key is that begins now.
  mutating func read(
    _ before: Moment?, _ now: Moment, _ next: Moment?, _ key: Int, _ period: Double, _ thresholds: RollThresholds,
    loudness: (Int) -> Double?, _ notes: inout [Heard]
  ) {
    let (onset, after) = (now.onset[key], next?.onset[key] ?? 0)
    let isPeak = onset >= max(thresholds.onset, before?.onset[key] ?? 0, .leastNonzeroMagnitude) && onset > after
    let down = now.down[key]
    let isStruck = isPeak && max(down, next?.down[key] ?? 0) >= thresholds.up
    if isStruck {
      let time = max(now.time + now.shift[key] * period, free)
      let loudness = loudness(key)
      if let old = held {
        if !old.isStruck && time - old.start <= thresholds.again {
          // The key was seen to sink before its onset was.
          held = Held(
            start: time, loudness: loudness, peak: onset, isStruck: true, down: old.down, moments: old.moments)
        } else if time - old.start >= max(thresholds.again, Self.shortest) {
          end(max(time - thresholds.gap, old.start + Self.shortest), UInt8(21 + key), thresholds, &notes)
          held = Held(start: max(time, free), loudness: loudness, peak: onset, isStruck: true)
        }
      } else {
        held = Held(start: time, loudness: loudness, peak: onset, isStruck: true)
      }
    } else if held == nil, down >= thresholds.down, !(after >= thresholds.onset && after > onset) {
      let time = Self.crossing(thresholds.down, before, now, key)
      held = Held(
        start: max(time, free), loudness: loudness(key), peak: onset, isStruck: false)
    } else if held != nil, down < thresholds.up {
      end(Self.crossing(thresholds.up, before, now, key), UInt8(21 + key), thresholds, &notes)
    }
    held?.down += down
    held?.moments += 1
  }

  /// The film is over.
  mutating func finish(_ time: Double, _ key: UInt8, _ thresholds: RollThresholds, _ notes: inout [Heard]) {
    if held != nil { end(time, key, thresholds, &notes) }
  }

  private mutating func end(_ time: Double, _ key: UInt8, _ thresholds: RollThresholds, _ notes: inout [Heard]) {
    guard let note = held else { return }
    held = nil
    let length = time - note.start
    if !note.isStruck && length < thresholds.minimum { return }
    let end = note.start + max(length, note.isStruck ? thresholds.minimum : 0, Self.shortest)
    free = end
    let mean = note.moments > 0 ? note.down / note.moments : 0
    notes.append(
      Heard(
        note: Note(key: key, velocity: Self.untold, start: note.start, end: end),
        confidence: (note.peak + mean) / 2, loudness: note.loudness))
  }

  /// Where the probability of being down passed a threshold on the way to this moment.
  private static func crossing(_ threshold: Double, _ before: Moment?, _ now: Moment, _ key: Int) -> Double {
    guard let before else { return now.time }
    let (from, to) = (before.down[key], now.down[key])
    let share = from == to ? 1 : min(max((threshold - from) / (to - from), 0), 1)
    return before.time + share * (now.time - before.time)
  }
}
