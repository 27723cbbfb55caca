// KeyFit: from black keys that were followed to a grid that fits everything: which side is the front, where white keys part,
// where keys end, how the lens bends; and how well all of that agrees.

struct KeyFit {
  private(set) var grid: KeyGrid
  private let shades: Shades
  private let tracks: [BlackKeyTrack]
  private let blackSights: [KeyGrid.Sight]
  /// Those that were followed; later, all that there are.
  private var blacks: [Int]
  /// The share of boundaries between white keys that are seen as dark lines.
  private(set) var separators: Float = 0
  /// How far what was seen lies off the grid in the middle: white keys; millimetres.
  private(set) var errorX: Float = 1, errorY: Float = 100
  /// How much brighter white is than black.
  private(set) var contrast: Float = 0

  /// White keys that black ones were seen beside.
  private var whites: ClosedRange<Int> {
    Int(BlackKeys.place(blacks[0]).rounded(.down))...Int(BlackKeys.place(blacks[blacks.count - 1]).rounded(.up)) - 1
  }

  init?(_ all: [BlackKeyTrack], in shades: Shades) {
    let long = median(all.map { Float($0.points.count) })
    tracks = all.filter { Float($0.points.count) > max(2, 0.3 * long) }
    guard tracks.count >= 7 else { return nil }
    self.shades = shades
    blacks = tracks.map(\.number)
    blackSights = tracks.flatMap { track in
      track.points.map { KeyGrid.Sight(point: $0, place: BlackKeys.place(track.number)) }
    }
    guard let first = Self.bestGrid(blackSights, around: 0, step: 0.03, shades) else { return nil }
    grid = first
    guard settleFront() else { return nil }
    for _ in 0..<3 { guard refine() else { return nil } }
    contrast = median(blacks.compactMap { features.contrast($0) })
    guard let seen = range, seen.blacks != blacks[0]...blacks[blacks.count - 1] else { return }
    blacks = Array(seen.blacks)
    for _ in 0..<2 { guard refine() else { return nil } }
    contrast = median(blacks.compactMap { features.contrast($0) })
  }

  /// The black keys that there are, on both sides of the middle one of those that were followed.
  var range: BlackKeyRange? { BlackKeyRange(features, known: tracks.map(\.number)) }

  var features: KeyFeatures { KeyFeatures(shades: shades, grid: grid) }

  /// The grid of that bend, of seven, with which the sights agree best.
  private static func bestGrid(
    _ sights: [KeyGrid.Sight], around: Float, step: Float, _ shades: Shades
  ) -> KeyGrid? {
    var best: (grid: KeyGrid, cost: Float)?
    for number in -3...3 {
      let bend = around + step * Float(number)
      guard let grid = KeyGrid(x: sights, bend: bend, width: shades.width, height: shades.height) else { continue }
      var (sum, weight) = (Float(0), Float(0))
      for (distance, sight) in zip(grid.residuals(x: sights), sights) {
        let off = distance * distance / 0.01
        sum += sight.weight * off / (1 + off)
        weight += sight.weight
      }
      let cost = sum / weight + 0.3 * bend * bend
      if cost < best?.cost ?? .infinity { best = (grid, cost) }
    }
    return best?.grid
  }

  /// Tries both ends of the black keys as their fronts, and keeps that before which there are white keys.
  private mutating func settleFront() -> Bool {
    let front = KeyboardGeometry.whiteLength - KeyboardGeometry.blackLength
    var best: (grid: KeyGrid, score: Float)?
    for isFirst in [true, false] {
      let sights = tracks.flatMap { track -> [KeyGrid.Sight] in
        let (a, b) = (track.points[0], track.points[track.points.count - 1])
        return [
          .init(point: isFirst ? a : b, place: front),
          .init(point: isFirst ? b : a, place: KeyboardGeometry.whiteLength),
        ]
      }
      var candidate = grid
      guard candidate.fit(y: sights) != nil else { continue }
      let score = Self.frontness(KeyFeatures(shades: shades, grid: candidate), whites, blacks)
      if score > best?.score ?? -.infinity { best = (candidate, score) }
    }
    guard let best else { return false }
    grid = best.grid
    return true
  }

  /// White keys before black ones: as bright as between those, bright before black ones too, with lines between them.
  private static func frontness(_ features: KeyFeatures, _ whites: ClosedRange<Int>, _ blacks: [Int]) -> Float {
    let lines = whites.dropFirst().compactMap { features.separator($0, y: 12...42) }
    let centred = lines.filter { abs($0.place - $0.place.rounded()) < 0.12 }
    let seen = lines.isEmpty ? 0 : Float(centred.count) / Float(lines.count) * min(1, 10 * median(centred.map(\.depth)))
    let fronts = median(whites.compactMap { features.whiteness($0) })
    let beforeBlack = median(
      blacks.compactMap { number in
        let x = BlackKeys.place(number)
        return features.mean(x: x - 0.2...x + 0.2, y: 15...42, 4, 5)
      })
    let black = median(
      blacks.compactMap { features.mean(x: BlackKeys.place($0) - 0.1...BlackKeys.place($0) + 0.1, y: 75...130, 3, 6) })
    let tails = black + median(blacks.compactMap { features.contrast($0) })
    guard tails - black > 1 else { return -1 }
    func share(_ shade: Float) -> Float { min(max((shade - black) / (tails - black), 0), 1) }
    return seen + share(fronts) + share(beforeBlack)
  }

  /// Once more with what the grid of now lets see. False where that is nothing.
  private mutating func refine() -> Bool {
    let features = features
    // Black keys stand above the white ones: they seem stretched, and shadows move them.
    let shift = parallax()
    var sights = blackSights
    for index in sights.indices {
      sights[index].place = shift.scale * sights[index].place + shift.offset
      sights[index].weight = 1
    }
    var lines: [KeyGrid.Sight] = []
    var (seen, looked) = (0, 0)
    for boundary in whites.lowerBound...whites.upperBound + 1 {
      for range: ClosedRange<Float> in [5...26, 26...47] {
        guard let line = features.separator(boundary, y: range) else { continue }
        looked += 1
        guard line.depth > 0.06, abs(line.place - Float(boundary)) < 0.2 else { continue }
        seen += 1
        guard let point = features.grid.point([line.place, (range.lowerBound + range.upperBound) / 2]) else { continue }
        lines.append(.init(point: point, place: Float(boundary)))
      }
    }
    separators = looked > 0 ? Float(seen) / Float(looked) : 0
    let trust = Float(sights.count) / Float(max(lines.count, 1)) * (separators > 0.5 ? 2 : 0.2)
    for index in lines.indices { lines[index].weight = trust }
    guard
      var better = Self.bestGrid(sights + lines, around: grid.bend, step: 0.01, shades)
    else { return false }
    errorX = median(better.residuals(x: lines.isEmpty ? sights : lines).map(abs))
    let shoulders = features.shoulders(blacks)
    guard shoulders.count >= 5 else { return false }
    let fronts = features.fronts(whites)
    func share(_ sights: [KeyGrid.Sight], _ weight: Float) -> [KeyGrid.Sight] {
      sights.map { .init(point: $0.point, place: $0.place, weight: 20 * weight / Float(sights.count)) }
    }
    let backs = share(features.backs(whites), fronts.count < 3 ? 1 : 0.5)
    let near = share(shoulders, 1) + share(fronts, 1)
    guard better.fit(y: fronts.count < 3 ? near + backs : near) != nil else { return false }
    // The fallboard may hide the backs of keys: then they lie too near, and do not count. Where they lie too far, shadows
    // before the black keys were taken for these: then only the fronts count beside them.
    let off = median(backs.map { better.place($0.point).y - $0.place })
    if off > -5 {
      let both = off > 8 && fronts.count > 2 ? share(fronts, 1) + backs : near + backs
      guard better.fit(y: both) != nil else { return false }
    }
    errorY = median((shoulders + fronts).map { abs(better.place($0.point).y - $0.place) })
    grid = better
    return true
  }

  /// Where black keys seem to be: scale · place + offset.
  private func parallax() -> (scale: Float, offset: Float) {
    guard separators > 0.5 else { return (1, 0) }
    let distances = grid.residuals(x: blackSights)
    var equations = LeastSquares(2)
    for (distance, sight) in zip(distances, blackSights) where abs(distance) < 0.45 {
      equations.add([Double(sight.place), 1], Double(distance), weight: 1)
    }
    guard let x = equations.solution() else { return (1, 0) }
    return (1 + Float(x[0]), Float(x[1]))
  }
}
