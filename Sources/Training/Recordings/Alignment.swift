// Alignment: where the notes of a score lie in a recording of them: recording = offset + (1 + drift) · score.
// Coarse: the strikes that the score predicts are laid over the rises of the recording, at every lag and for some drifts.
// Fine: the sound's own beginnings near the predicted strikes, and a line through them that outliers do not bend.
import Glibc
import Score

/// How a score lies in a recording.
public struct Alignment: Sendable, Codable, Equatable {
  /// Seconds from the score's zero to the recording's; positive when the recording began earlier.
  public var offset: Double
  /// How much slower the clock of the recording ran, as a share: 1e-6 is one part in a million.
  public var drift: Double
  /// How well the predicted strikes agree with the rises of the recording, −1…1: a correlation coefficient.
  public var agreement: Double
  /// The same at the best other place.
  public var rival: Double
  /// Of the strikes that stand alone, how many are heard within 25 ms of the line, and how many there are.
  public var heard: Int, strikes: Int

  /// The time in the recording of a time in the score.
  public func time(_ seconds: Double) -> Double { offset + (1 + drift) * seconds }

  /// The score as it lies in the recording.
  public func applied(to score: Score) -> Score {
    Score(
      notes: score.notes.map {
        Note(key: $0.key, velocity: $0.velocity, start: time($0.start), end: time($0.end))
      }, pedals: score.pedals.map { Pedal(kind: $0.kind, value: $0.value, time: time($0.time)) })
  }

  /// Finds it.
  ///
  /// - Parameters:
  ///   - score: at least one note.
  ///   - reach: the largest offset that is looked for, either way, in seconds.
  public init(_ score: Score, in samples: [Float], reach: Double) {
    let coarse = CoarseAlignment(score, OnsetMap(samples), reach: reach)
    (agreement, rival) = (coarse.agreement, coarse.rival)
    let fine = FineAlignment(score, samples, offset: coarse.offset, drift: coarse.drift)
    (offset, drift, heard, strikes) = (fine.offset, fine.drift, fine.heard, fine.strikes)
  }
}

/// The lag, to a frame or two.
private struct CoarseAlignment {
  var offset = 0.0, drift = 0.0, agreement = 0.0, rival = 0.0

  /// Part of a score, short enough for no clock to drift in it.
  private struct Section {
    var notes: [Note] = []
    /// Σ weight · rise at every lag.
    var sums: [Float] = []
  }

  init(_ score: Score, _ map: OnsetMap, reach: Double) {
    let first = score.notes.first?.start ?? 0
    let last = score.notes.last?.start ?? 0
    let limit = Int(reach * OnsetMap.framesPerSecond)
    let lags = -limit...limit
    let count = max(1, Int((last - first) / 30))
    let length = (last - first) / Double(count) + 1e-9
    var sections = Array(repeating: Section(sums: [Float](repeating: 0, count: lags.count)), count: count)
    for note in score.notes { sections[min(count - 1, Int((note.start - first) / length))].notes.append(note) }
    for index in sections.indices { Self.lay(&sections[index], over: map, lags) }

    let span = last - first
    let steps = span > 60 ? Int(min(50, (1e-3 * span * OnsetMap.framesPerSecond).rounded(.up))) : 0
    var best: (value: Float, lag: Int, drift: Double, sums: [Float]) = (-.infinity, 0, 0, [])
    for step in -steps...steps {
      let drift = steps == 0 ? 0 : 1e-3 * Double(step) / Double(steps)
      var total = [Float](repeating: 0, count: lags.count)
      for (index, section) in sections.enumerated() {
        let moved = Int((drift * (Double(index) + 0.5) * length * OnsetMap.framesPerSecond).rounded())
        for place in max(0, -moved)..<min(lags.count, lags.count - moved) {
          total[place] += section.sums[place + moved]
        }
      }
      let place = total.indices.max { total[$0] < total[$1] }!
      if total[place] > best.value { best = (total[place], place, drift, total) }
    }
    drift = best.drift
    // The drift turns about the first note; the offset is that of the score's zero.
    offset = Double(best.lag + lags.lowerBound) / OnsetMap.framesPerSecond - drift * first
    let scale = Self.scale(score, map, offset: offset, drift: drift)
    agreement = scale * Double(best.value)
    let apart = Int(0.15 * OnsetMap.framesPerSecond)
    rival = scale * Double(best.sums.indices.filter { abs($0 - best.lag) > apart }.map { best.sums[$0] }.max() ?? 0)
  }

  private static func lay(_ section: inout Section, over map: OnsetMap, _ lags: ClosedRange<Int>) {
    for note in section.notes {
      let frame = Int(OnsetMap.frame(note.start).rounded())
      let inside =
        max(lags.lowerBound, -frame)..<max(max(lags.lowerBound, -frame), min(lags.upperBound + 1, map.frames - frame))
      for (band, weight) in OnsetMap.strike(note) {
        section.sums.withUnsafeMutableBufferPointer { sums in
          map.rises.withUnsafeBufferPointer { rises in
            let row = band * map.frames + frame
            for lag in inside { sums[lag - lags.lowerBound] += weight * rises[row + lag] }
          }
        }
      }
    }
  }

  /// 1/(|weights| · |rises under them|): what makes a correlation coefficient of a sum.
  private static func scale(_ score: Score, _ map: OnsetMap, offset: Double, drift: Double) -> Double {
    var weights = 0.0
    var rises = 0.0
    for note in score.notes {
      let frame = Int(OnsetMap.frame(offset + (1 + drift) * note.start).rounded())
      // Of a shared score only a part lies in the recording.
      guard 0..<map.frames ~= frame else { continue }
      for (band, weight) in OnsetMap.strike(note) {
        weights += Double(weight * weight)
        let rise = Double(map.rises[band * map.frames + frame])
        rises += rise * rise
      }
    }
    return 1 / max(1e-9, (weights * rises).squareRoot())
  }
}

/// The line, to a millisecond.
private struct FineAlignment {
  var offset: Double, drift: Double
  var heard = 0, strikes = 0

  init(_ score: Score, _ samples: [Float], offset: Double, drift: Double) {
    (self.offset, self.drift) = (offset, drift)
    let loudness = Loudness(samples)
    let alone = Self.alone(score)
    var points: [(time: Double, error: Double)] = []
    for time in alone {
      let expected = offset + (1 + drift) * time
      guard expected > 0.1, expected < loudness.seconds - 0.1 else { continue }
      strikes += 1
      if let onset = loudness.onset(near: expected) { points.append((time, onset - expected)) }
    }
    guard points.count >= 3 else { return }
    // Where most of the errors lie, then a line through those that stay near it.
    var line = (level: Self.mode(points.map(\.error)), slope: 0.0)
    let span = (points.last!.time - points.first!.time)
    for round in 0..<6 {
      let near = round < 2 ? 0.03 : 0.015
      let kept = points.filter { abs($0.error - line.level - line.slope * $0.time) < near }
      guard kept.count >= 3 else { break }
      let meanT = kept.reduce(0) { $0 + $1.time } / Double(kept.count)
      let meanE = kept.reduce(0) { $0 + $1.error } / Double(kept.count)
      let spread = kept.reduce(0) { $0 + ($1.time - meanT) * ($1.time - meanT) }
      if span > 60, kept.count >= 30 {
        line.slope = kept.reduce(0) { $0 + ($1.time - meanT) * ($1.error - meanE) } / spread
      }
      line.level = meanE - line.slope * meanT
    }
    heard = points.filter { abs($0.error - line.level - line.slope * $0.time) < 0.025 }.count
    self.offset += line.level
    self.drift += line.slope
  }

  /// The times of strikes, single notes or chords, with no other within 90 ms.
  private static func alone(_ score: Score) -> [Double] {
    var groups: [(first: Double, last: Double)] = []
    for note in score.notes {
      if let group = groups.last, note.start - group.first < 0.012 {
        groups[groups.count - 1].last = note.start
      } else {
        groups.append((note.start, note.start))
      }
    }
    return groups.indices.filter { index in
      (index == 0 || groups[index].first - groups[index - 1].last > 0.09)
        && (index + 1 == groups.count || groups[index + 1].first - groups[index].last > 0.09)
    }.map { groups[$0].first }
  }

  /// The middle of the 12 ms that hold the most errors.
  private static func mode(_ errors: [Double]) -> Double {
    let sorted = errors.sorted()
    var best = (count: 0, first: 0)
    var end = 0
    for first in sorted.indices {
      while end < sorted.count, sorted[end] - sorted[first] <= 0.012 { end += 1 }
      if end - first > best.count { best = (end - first, first) }
    }
    let inside = sorted[best.first..<best.first + best.count]
    return inside.reduce(0, +) / Double(inside.count)
  }
}

/// The power of a recording without its lowest tones, a number a millisecond.
private struct Loudness {
  private static let step = Recording.sampleRate / 1000
  private let sums: [Double]
  private let floor: Double

  init(_ samples: [Float]) {
    var sums = [0.0]
    sums.reserveCapacity(samples.count / Self.step + 1)
    var before: Float = 0
    for first in stride(from: 0, to: samples.count - Self.step + 1, by: Self.step) {
      var power: Float = 0
      for index in first..<first + Self.step {
        let value = samples[index] - 0.95 * before
        before = samples[index]
        power += value * value
      }
      sums.append(sums.last! + Double(power))
    }
    self.sums = sums
    floor = 1e-6 * (sums.last! / Double(max(1, sums.count - 1))) + 1e-15
  }

  var seconds: Double { Double(sums.count - 1) / 1000 }

  /// The mean power from one millisecond to another.
  private func power(_ from: Int, _ to: Int) -> Double {
    let low = min(max(from, 0), sums.count - 1)
    let high = min(max(to, 0), sums.count - 1)
    return high > low ? (sums[high] - sums[low]) / Double(high - low) + floor : floor
  }

  /// When the sound that begins within 60 ms of a time reaches a tenth of its first power; nil when nothing begins there.
  func onset(near time: Double) -> Double? {
    let centre = Int((time * 1000).rounded())
    var best = (rise: 0.0, at: 0)
    for at in centre - 60...centre + 60 {
      let rise = log(power(at, at + 10) / power(at - 14, at - 2))
      if rise > best.rise { best = (rise, at) }
    }
    guard best.rise > 0.7 else { return nil }
    let before = power(best.at - 16, best.at - 4)
    let highest = (best.at..<best.at + 30).map { power($0, $0 + 2) }.max()!
    let threshold = before + 0.1 * (highest - before)
    let reached = (best.at - 8..<best.at + 30).first { power($0, $0 + 1) >= threshold }
    return reached.map { (Double($0) + 0.5) / 1000 }
  }
}
