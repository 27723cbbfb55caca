// KeyRange: which keys a fitted grid shows. Black keys end where the next in their rhythm lacks; which white key is the last
// follows from that, and instruments of the usual ranges say which octave it is.

/// The black keys that are seen, as the grid counts them.
struct BlackKeyRange {
  let blacks: ClosedRange<Int>
  /// Whether the keyboard ends there rather than the picture.
  let endsLow: Bool, endsHigh: Bool
  /// Whether the last of them is not quite as dark as others are: it may be a shadow.
  let isLowDoubtful: Bool, isHighDoubtful: Bool
  /// Of the black keys between, the share that are seen.
  let found: Float
  let features: KeyFeatures

  /// - Parameter known: black keys that are there, in order.
  init?(_ features: KeyFeatures, known: [Int]) {
    let start = known[known.count / 2]
    let usual = median(known.compactMap { features.blackness($0) })
    let threshold = max(0.2, 0.42 * usual)
    func end(_ way: Int) -> (last: Int, isSeen: Bool) {
      // Hands may hide a few.
      var (last, next, gap) = (start, start, 0)
      while gap < 8, abs(next) < 80 {
        guard let blackness = features.blackness(next) else { return (last, gap > 0) }
        if blackness > threshold { (last, gap) = (next, 0) } else { gap += 1 }
        next += way
      }
      return (last, true)
    }
    let (low, high) = (end(-1), end(1))
    guard high.last - low.last >= 5 else { return nil }
    blacks = low.last...high.last
    (endsLow, endsHigh) = (low.isSeen, high.isSeen)
    (isLowDoubtful, isHighDoubtful) = (
      features.blackness(low.last) ?? 0 < 0.8 * usual, features.blackness(high.last) ?? 0 < 0.8 * usual
    )
    found = Float(blacks.count { features.blackness($0) ?? 0 > threshold }) / Float(blacks.count)
    self.features = features
  }
}

/// One of the two ways to read a grid: the bass where its x is small, or where it is great.
struct KeyRange {
  /// MIDI keys, white at both ends.
  let keys: ClosedRange<Int>
  /// The grid's x at the bass end and at the treble end.
  let bass: Float, treble: Float
  let isOctaveKnown: Bool
  /// How well that fits the instruments that there are.
  let likelihood: Float

  /// A white key that may be the last, and whether the keyboard is seen to end with it.
  private struct End {
    let white: Int
    let isSeen: Bool
    let doubt: Float
  }

  /// Lowest and highest keys of pianos and keyboards: 88, 76, 61, 73, 85, 49, 37, 25 keys.
  private static let usual = [(21, 108), (28, 103), (36, 96), (28, 100), (21, 105), (36, 84), (48, 84), (48, 72)]

  /// Nil where no octave of white keys lies whole in the picture.
  init?(_ range: BlackKeyRange, isReversed: Bool) {
    let features = range.features
    // What counts from the bass, whichever way the grid counts.
    func flipped(_ x: Float) -> Float { isReversed ? 3 - x : x }
    func gridded(_ white: Int) -> Int { isReversed ? 2 - white : white }
    let blacks = range.blacks
    let first = isReversed ? BlackKeys.mirrored(blacks.upperBound) : blacks.lowerBound
    let last = isReversed ? BlackKeys.mirrored(blacks.lowerBound) : blacks.upperBound
    let (seesLow, seesHigh) = isReversed ? (range.endsHigh, range.endsLow) : (range.endsLow, range.endsHigh)
    let doubts = isReversed ? (range.isHighDoubtful, range.isLowDoubtful) : (range.isLowDoubtful, range.isHighDoubtful)
    func isWhole(_ white: Int) -> Bool {
      [Float(white) + 0.1, Float(white) + 0.9].allSatisfy { x in
        features.shade(flipped(x), 20) != nil && features.shade(flipped(x), 120) != nil
      }
    }
    /// White keys that may be the last beside a black one, the likeliest first.
    func ends(_ black: Int, _ whites: [[Int]], _ way: Int, _ isSeen: Bool) -> [End] {
      let (octave, step) = BlackKeys.split(black)
      var candidates = whites[step].map { 7 * octave + $0 }
      if candidates.count > 1, Self.isPresent(candidates[1], way, features, gridded) { candidates.swapAt(0, 1) }
      if isSeen, candidates.allSatisfy(isWhole) {
        return candidates.enumerated().map { End(white: $1, isSeen: true, doubt: 0.1 * Float($0)) }
      }
      var white = candidates[0]
      for _ in 0..<8 where !isWhole(white) { white -= way }
      return [End(white: white, isSeen: false, doubt: 0)]
    }
    /// The same, and those beside the black key before where the last is doubtful.
    func allEnds(_ black: Int, _ whites: [[Int]], _ way: Int, _ isSeen: Bool, _ isDoubtful: Bool) -> [End] {
      let sure = ends(black, whites, way, isSeen)
      guard isSeen, isDoubtful else { return sure }
      return sure
        + ends(black - way, whites, way, true).map { End(white: $0.white, isSeen: $0.isSeen, doubt: $0.doubt + 0.5) }
    }
    // Keyboards begin with A, C, D, E, F or G and end with A, C, D, E, F or G.
    let lows = allEnds(first, [[0], [1], [2, 3], [4], [5]], -1, seesLow, doubts.0)
    let highs = allEnds(last, [[1], [2, 3], [4], [5], [7]], 1, seesHigh, doubts.1)
    var best: (keys: ClosedRange<Int>, whites: (Int, Int), isKnown: Bool, likelihood: Float)?
    for low in lows {
      for high in highs where high.white > low.white + 6 {
        let reading = Self.reading(low.white, high.white, low.isSeen, high.isSeen)
        let likelihood = reading.likelihood - low.doubt - high.doubt
        if likelihood > best?.likelihood ?? -.infinity {
          best = (reading.keys, (low.white, high.white), reading.isKnown, likelihood)
        }
      }
    }
    guard let best else { return nil }
    (keys, isOctaveKnown, likelihood) = (best.keys, best.isKnown, best.likelihood)
    (bass, treble) = (flipped(Float(best.whites.0)), flipped(Float(best.whites.1 + 1)))
  }

  /// Whether a white key is as bright as its inner neighbour, with a line between them.
  private static func isPresent(_ white: Int, _ way: Int, _ features: KeyFeatures, _ gridded: (Int) -> Int) -> Bool {
    guard let here = features.whiteness(gridded(white)), let there = features.whiteness(gridded(white - way)),
      let before = features.whiteness(gridded(white - 2 * way)), there > 0
    else { return false }
    // Light that falls off goes on falling off.
    let expected = there * there / max(before, there / 2)
    let boundary = max(gridded(white), gridded(white - way))
    let line = features.separator(boundary, y: 8...45)
    return here > 0.7 * expected && here < 1.4 * expected && line.map { $0.depth > 0.05 } ?? false
  }

  /// Which keys a range of white ones is, counted from the left edge of some C.
  private static func reading(
    _ low: Int, _ high: Int, _ seesLow: Bool, _ seesHigh: Bool
  ) -> (keys: ClosedRange<Int>, isKnown: Bool, likelihood: Float) {
    func key(_ white: Int) -> Int {
      let octave = Int((Float(white) / 7).rounded(.down))
      return 12 * octave + [0, 2, 4, 5, 7, 9, 11][white - 7 * octave]
    }
    let (a, b) = (key(low), key(high))
    for (rank, range) in usual.enumerated() where seesLow || seesHigh {
      let fits =
        (!seesLow || (a - range.0) % 12 == 0) && (!seesHigh || (b - range.1) % 12 == 0)
        && (seesLow && seesHigh ? b - a == range.1 - range.0 : b - a < range.1 - range.0)
      guard fits else { continue }
      let shift = seesLow ? range.0 - a : range.1 - b
      let isWhole = seesLow && seesHigh
      return (a + shift...b + shift, isWhole || rank == 0, (isWhole ? 4 : 2) - 0.2 * Float(rank))
    }
    // The middle of the keyboard, E4, is in the middle of the picture.
    let shift = Int(((64.5 - Float(a + b) / 2) / 12).rounded()) * 12
    return (a + shift...b + shift, false, seesLow || seesHigh ? 0 : 1)
  }
}
