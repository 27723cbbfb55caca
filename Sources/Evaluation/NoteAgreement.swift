// NoteAgreement: found notes beside true ones: beginnings, ends, velocities, and how far the beginnings lie apart.
// As mir_eval's `transcription` and `transcription_velocity` count (Raffel and others 2014; Hawthorne and others 2018).
import Glibc
import Score

/// One performance's notes, or several performances' together.
public struct NoteAgreement: Sendable {
  /// Key and beginning are right; the end, too; key, beginning and velocity; all four.
  public private(set) var onset = Agreement()
  public private(set) var onsetAndEnd = Agreement()
  public private(set) var onsetAndVelocity = Agreement()
  public private(set) var all = Agreement()
  /// Of the pairs whose beginnings are right: found − true beginning, seconds, and found − true velocity.
  public private(set) var delays: [Double] = []
  public private(set) var velocityErrors: [Double] = []
  /// The true velocities of these pairs.
  public private(set) var velocities: [Double] = []

  public init() {}

  /// - Parameter keys: where only some can be seen, notes of others do not count.
  public init(found: Score, wanted: Score, keys: ClosedRange<UInt8> = Keyboard.keys) {
    let (found, wanted) = (found.notes.filter { keys ~= $0.key }, wanted.notes.filter { keys ~= $0.key })
    let onsets = NoteMatching(found: found, wanted: wanted)
    let ends = NoteMatching(found: found, wanted: wanted, .onsetsAndEnds)
    func agreement(_ hits: Int) -> Agreement { Agreement(hits: hits, found: found.count, wanted: wanted.count) }
    let range = Self.range(wanted)
    onset = agreement(onsets.pairs.count)
    onsetAndEnd = agreement(ends.pairs.count)
    onsetAndVelocity = agreement(Self.withVelocity(onsets.pairs, range))
    all = agreement(Self.withVelocity(ends.pairs, range))
    for pair in onsets.pairs {
      delays.append(pair.found.start - pair.wanted.start)
      velocityErrors.append(Double(pair.found.velocity) - Double(pair.wanted.velocity))
      velocities.append(Double(pair.wanted.velocity))
    }
  }

  public static func += (a: inout NoteAgreement, b: NoteAgreement) {
    a.onset += b.onset
    a.onsetAndEnd += b.onsetAndEnd
    a.onsetAndVelocity += b.onsetAndVelocity
    a.all += b.all
    a.delays += b.delays
    a.velocityErrors += b.velocityErrors
    a.velocities += b.velocities
  }

  /// Milliseconds between a found and a true beginning, the median of their magnitudes; nil without pairs.
  public var timingError: Double? { median(delays.map(\.magnitude)).map { 1000 * $0 } }
  /// Milliseconds by which found beginnings are late, the median; nil without pairs.
  public var delay: Double? { median(delays).map { 1000 * $0 } }
  /// The mean magnitude of found − true velocity; nil without pairs.
  public var velocityError: Double? { mean(velocityErrors.map(\.magnitude)) }
  /// What `velocityError` would be if every note had the mean of the true velocities.
  public var velocityErrorOfMean: Double? {
    mean(velocities).flatMap { middle in mean(velocities.map { ($0 - middle).magnitude }) }
  }

  /// The least of the true velocities, and how far the greatest lies above it, at least 1.
  private static func range(_ notes: [Note]) -> (least: Double, extent: Double) {
    let velocities = notes.map { Double($0.velocity) }
    let least = velocities.min() ?? 0
    return (least, max(1, (velocities.max() ?? 0) - least))
  }

  /// How many pairs have the same velocity, once the line that brings found closest to true ones, least squares, was applied.
  private static func withVelocity(_ pairs: [(wanted: Note, found: Note)], _ range: (least: Double, extent: Double))
    -> Int
  {
    guard !pairs.isEmpty else { return 0 }
    let x = pairs.map { Double($0.found.velocity) }
    let y = pairs.map { (Double($0.wanted.velocity) - range.least) / range.extent }
    let count = Double(pairs.count)
    let (mx, my) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let spread = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    let common = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    let slope = spread > 1e-9 ? common / spread : 0
    return zip(x, y).count { (my + slope * ($0 - mx) - $1).magnitude < NoteTolerance.velocity }
  }
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

private func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
