// KeyRange: which keys a fitted grid shows. Black keys end where the next in their rhythm lacks; which white key is the last
// follows from that, and instruments of the usual ranges say which octave it is.

struct KeyRange {
  /// White keys from the left edge of some C, as the grid counts them.
  let whites: ClosedRange<Int>
  /// Whether the keyboard is seen to end there.
  let endsLow: Bool, endsHigh: Bool
  /// Of the black keys between, the share that are seen.
  let found: Float
  let blackCount: Int

  private let features: KeyFeatures
  private let threshold: Float

  /// - Parameter known: black keys that are there for sure.
  init?(_ features: KeyFeatures, known: [Int], contrast: Float) {
    self.features = features
    threshold = 0.4 * contrast
    let (low, high) = (known.min()!, known.max()!)
    guard
      let top = Self.end(from: high, way: 1, features, threshold),
      let bottom = Self.end(from: low, way: -1, features, threshold), bottom.white < top.white
    else { return nil }
    whites = bottom.white...top.white
    (endsLow, endsHigh) = (bottom.isSeen, top.isSeen)
    let between = (bottom.black...top.black).map { features.blackness($0) ?? 0 }
    blackCount = between.count
    found = Float(between.count { $0 > 0.4 * contrast }) / Float(max(between.count, 1))
  }

  /// The last black key and the last white one on one side, and whether the keyboard ends there rather than the picture.
  private static func end(
    from start: Int, way: Int, _ features: KeyFeatures, _ threshold: Float
  ) -> (black: Int, white: Int, isSeen: Bool)? {
    var (last, next, gap) = (start, start + way, 0)
    var isSeen = true
    while gap < 5, abs(next) < 80 {
      guard let blackness = features.blackness(next) else {
        // What is hidden just before the picture ends may be there or not.
        isSeen = gap > 0
        break
      }
      if blackness > threshold { (last, gap) = (next, 0) } else { gap += 1 }
      next += way
    }
    // Mirrored, the low end is a high one.
    let number = way > 0 ? last : BlackKeys.mirrored(last)
    let octave = Int((Float(number) / 5).rounded(.down))
    let step = number - 5 * octave
    func white(_ index: Int) -> Int { way > 0 ? 7 * octave + index : 2 - (7 * octave + index) }
    // D, E or F, G, A, B or C.
    var candidates = [[1], [2, 3], [4], [5], [7, 6]][step].map(white)
    if candidates.count > 1 {
      let (inner, outer) = step == 1 ? (candidates[0], candidates[1]) : (candidates[1], candidates[0])
      candidates = isPresent(outer, beside: inner, way, features, isUsual: step == 4) ? [outer] : [inner]
    }
    var white = candidates[0]
    func isWhole(_ white: Int) -> Bool {
      let x = Float(way > 0 ? white + 1 : white)
      return features.shade(x - 0.1 * Float(way), 20) != nil && features.shade(x - 0.1 * Float(way), 120) != nil
    }
    while !isWhole(white) {
      isSeen = false
      white -= way
      if abs(white - candidates[0]) > 20 { return nil }
    }
    return (last, white, isSeen)
  }

  /// Whether a white key is as bright as the one beside it, with a line between them.
  private static func isPresent(
    _ white: Int, beside: Int, _ way: Int, _ features: KeyFeatures, isUsual: Bool
  ) -> Bool {
    guard let here = features.whiteness(white), let there = features.whiteness(beside),
      let before = features.whiteness(beside - way), there > 0
    else { return false }
    // Light that falls off goes on falling off.
    let expected = there * there / max(before, there / 2)
    let isBright = here > (isUsual ? 0.45 : 0.7) * expected && here < (isUsual ? 2 : 1.4) * expected
    let line = features.separator(way > 0 ? white : white + 1, y: 8...45)
    return isBright && (isUsual || line.map { $0.depth > 0.05 } ?? false)
  }

  // MARK: Which octave, and which way round

  /// Keys with white ends in one of the two ways to read the grid.
  struct Reading {
    let keys: ClosedRange<Int>
    let isOctaveKnown: Bool
    /// How well it fits instruments that there are.
    let likelihood: Float
  }

  /// Lowest and highest keys of pianos and keyboards: 88, 76, 61, 73, 85, 49, 37, 25 keys.
  private static let usual = [(21, 108), (28, 103), (36, 96), (28, 100), (21, 105), (36, 84), (48, 84), (48, 72)]

  /// - Parameter isReversed: whether the bass lies where the grid's x is great.
  func reading(isReversed: Bool) -> Reading {
    let low = isReversed ? 2 - whites.upperBound : whites.lowerBound
    let high = isReversed ? 2 - whites.lowerBound : whites.upperBound
    let (seesLow, seesHigh) = isReversed ? (endsHigh, endsLow) : (endsLow, endsHigh)
    func key(_ white: Int) -> Int {
      let octave = Int((Float(white) / 7).rounded(.down))
      return 12 * octave + [0, 2, 4, 5, 7, 9, 11][white - 7 * octave]
    }
    let (a, b) = (key(low), key(high))
    func same(_ x: Int, _ y: Int) -> Bool { (x - y) % 12 == 0 }
    for (rank, range) in Self.usual.enumerated() {
      let fits =
        (!seesLow || same(a, range.0)) && (!seesHigh || same(b, range.1))
        && (seesLow && seesHigh ? b - a == range.1 - range.0 : b - a < range.1 - range.0)
      guard fits, seesLow || seesHigh else { continue }
      let shift = seesLow ? range.0 - a : range.1 - b
      let keys = a + shift...b + shift
      return Reading(
        keys: keys, isOctaveKnown: seesLow && seesHigh || rank == 0,
        likelihood: (seesLow && seesHigh ? 4 : 2) - 0.2 * Float(rank))
    }
    // The middle of the keyboard is in the middle of the picture, near E4.
    let shift = Int(((64.5 - Float(a + b) / 2) / 12).rounded()) * 12
    let keys = max(0, a + shift)...min(127, b + shift)
    return Reading(keys: keys, isOctaveKnown: false, likelihood: seesLow || seesHigh ? 0 : 1)
  }
}
