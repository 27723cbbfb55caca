// RecordingCut: where a long recording is cut into pieces: where the least rings on, since a note that was struck before a
// piece begins is heard in it but not told of.
import Score

/// The parts of a recording, in samples at 24 kHz.
struct RecordingCut {
  /// Seconds that are kept before the first note and after the last has been damped.
  private static let before = 0.5, after = 4.0
  /// The least that is kept, and no piece is shorter than half of it, in seconds: longer than any example.
  private static let least = 5.0

  let parts: [Range<Int>]

  /// - Parameter score: as it lies in the recording; nothing outside it.
  init(_ score: Score, samples: Int, secondsPerPiece: Double) {
    let rate = Double(Recording.sampleRate)
    let least = min(samples, Int(Self.least * rate))
    let first = min(samples - least, max(0, Int(((score.notes.first?.start ?? 0) - Self.before) * rate)))
    let last = min(samples, max(first + least, Int(((score.soundingEnds().max() ?? 0) + Self.after) * rate)))
    let count = max(1, Int((Double(last - first) / rate / secondsPerPiece).rounded()))
    let length = (last - first) / count
    var ringing: [Float] = []
    var writer = RollWriter()
    let events = score.events()
    let row = UnsafeMutablePointer<Float>.allocate(capacity: RollWriter.width)
    defer { row.deallocate() }
    events.withUnsafeBufferPointer { events in
      var next = 0
      for frame in 0...max(0, last / writer.hop) where count > 1 {
        let inside = Excerpt.events(events, &next, before: Int64((frame + 1) * writer.hop))
        writer.write(frame: Int64(frame), events: inside, into: row)
        ringing.append((0..<88).reduce(0) { $0 + row[4 * $1 + 3] })
      }
    }
    var borders = [first]
    for index in 1..<max(1, count) {
      let middle = (first + index * length) / writer.hop
      let reach = length / 4 / writer.hop
      // The frame before the quietest: the quietest may hold a strike.
      let quietest = (middle - reach...middle + reach).min { ringing[$0] < ringing[$1] }!
      borders.append((quietest + 1) * writer.hop)
    }
    borders.append(last)
    parts = zip(borders, borders.dropFirst()).map { $0..<max($0 + 1, $1) }
  }
}

extension Score {
  /// What a piano has, within a recording of so many samples.
  func playable(within samples: Int) -> Score {
    let seconds = Double(samples) / Double(Recording.sampleRate)
    var score = self
    score.notes.removeAll { !Keyboard.keys.contains($0.key) || $0.start < 0 || $0.start >= seconds - 0.05 }
    return score
  }

  /// The notes that are struck within some samples, and the pedals as they stand there.
  func part(_ samples: Range<Int>) -> Score {
    let rate = Double(Recording.sampleRate)
    let (begin, end) = (Double(samples.lowerBound) / rate, Double(samples.upperBound) / rate)
    let struck = notes.filter { $0.start >= begin && $0.start < end }.map {
      Note(key: $0.key, velocity: $0.velocity, start: $0.start - begin, end: min($0.end, end) - begin)
    }
    return Score(notes: struck, pedals: slice(from: begin, to: end).pedals)
  }
}
