// KeyFeatures: what is to be seen at the places where a grid says that keys are: the lines between white keys, the ends of
// black and white ones, and whether a key is there at all.

struct KeyFeatures {
  let shades: Shades
  let grid: KeyGrid

  /// The shade at a place (white keys, millimetres); nil outside the picture.
  func shade(_ x: Float, _ y: Float) -> Float? {
    guard let point = grid.point([x, y]), shades.contains(point) else { return nil }
    return shades[point]
  }

  /// The mean over a rectangle of places; nil where most of it lies outside the picture.
  func mean(x: ClosedRange<Float>, y: ClosedRange<Float>, _ columns: Int, _ rows: Int) -> Float? {
    var (sum, count) = (Float(0), 0)
    for row in 0..<rows {
      let v = y.lowerBound + (y.upperBound - y.lowerBound) * (Float(row) + 0.5) / Float(rows)
      for column in 0..<columns {
        let u = x.lowerBound + (x.upperBound - x.lowerBound) * (Float(column) + 0.5) / Float(columns)
        if let shade = shade(u, v) { (sum, count) = (sum + shade, count + 1) }
      }
    }
    return count * 2 > columns * rows ? sum / Float(count) : nil
  }

  // MARK: Lines between white keys

  /// The dark line near the boundary at `x`: where it is, and how dark it is, as a share of the white beside it.
  func separator(_ x: Int, y: ClosedRange<Float>) -> (place: Float, depth: Float)? {
    let steps = 31
    let profile = (0..<steps).compactMap { step -> Float? in
      let u = Float(x) - 0.45 + 0.9 * Float(step) / Float(steps - 1)
      return mean(x: u...u, y: y, 1, 12)
    }
    guard profile.count == steps else { return nil }
    let light = profile.sorted()[Int(0.7 * Float(steps))]
    let inner = 6..<steps - 6
    // The middle of what is darker than half the depth around the darkest step.
    let darkest = inner.min { profile[$0] < profile[$1] }!
    let depth = light - profile[darkest]
    guard light > 1, depth > 0 else { return nil }
    var (sum, weight) = (Float(0), Float(0))
    for step in max(0, darkest - 5)...min(steps - 1, darkest + 5) {
      let dark = max(0, light - profile[step] - depth / 2)
      sum += dark * Float(step)
      weight += dark
    }
    guard weight > 0 else { return nil }
    return (Float(x) - 0.45 + 0.9 * sum / weight / Float(steps - 1), depth / light)
  }

  // MARK: Ends of keys

  /// The place y in `range` where it darkens most with growing y (or with falling y), and by how much.
  func edge(x: Float, y range: ClosedRange<Float>, upwards: Bool) -> (y: Float, step: Float)? {
    let count = Int(range.upperBound - range.lowerBound) + 1
    let profile = (0..<count).compactMap { index in
      mean(x: x - 0.1...x + 0.1, y: range.lowerBound + Float(index)...range.lowerBound + Float(index), 3, 1)
    }
    guard profile.count == count, count > 9 else { return nil }
    let falls = (3..<count - 3).map { index -> Float in
      let before = profile[index - 1] + profile[index - 2] + profile[index - 3]
      let after = profile[index + 1] + profile[index + 2] + profile[index + 3]
      return (upwards ? before - after : after - before) / 3
    }
    let best = falls.indices.max { falls[$0] < falls[$1] }!
    guard falls[best] > 0 else { return nil }
    var (sum, weight) = (Float(0), Float(0))
    for index in max(0, best - 4)...min(falls.count - 1, best + 4) {
      let share = max(0, falls[index] - falls[best] / 2)
      sum += share * Float(index)
      weight += share
    }
    return (range.lowerBound + 3 + sum / weight, falls[best])
  }

  /// Those of the strongest steps among edges, as sights of `y`.
  private func sights(
    _ places: [Float], of y: Float, near range: ClosedRange<Float>, upwards: Bool, weight: Float
  ) -> [KeyGrid.Sight] {
    let edges = places.compactMap { x in edge(x: x, y: range, upwards: upwards).map { (x: x, y: $0.y, step: $0.step) } }
    let usual = median(edges.map(\.step))
    return edges.filter { $0.step > 0.4 * usual }.compactMap { found in
      grid.point([found.x, found.y]).map { KeyGrid.Sight(point: $0, place: y, weight: weight) }
    }
  }

  /// The fronts of black keys, as sights of y.
  func shoulders(_ blacks: [Int]) -> [KeyGrid.Sight] {
    let front = KeyboardGeometry.whiteLength - KeyboardGeometry.blackLength
    // Their foot stands out less from the light that falls on their sloping fronts.
    return sights(blacks.map(BlackKeys.place), of: front + 1.5, near: front - 24...front + 24, upwards: true, weight: 1)
  }

  /// Middles of what is seen of white keys between the black ones, from the left edge of a C.
  private static let tails: [Float] = [0.33, 1.5, 2.66, 3.31, 4.43, 5.57, 6.69]

  /// The ends of white keys at the fallboard.
  func backs(_ whites: ClosedRange<Int>) -> [KeyGrid.Sight] {
    let places = whites.map { white in
      let octave = (Float(white) / 7).rounded(.down)
      return 7 * octave + Self.tails[white - 7 * Int(octave)]
    }
    return sights(places, of: KeyboardGeometry.whiteLength, near: 122...185, upwards: true, weight: 0.5)
  }

  /// The front edges of white keys, as sights of y: where the lines between them end, an octave at a time. Whatever wood lies
  /// before them, and however bright it is, has no such lines.
  func fronts(_ whites: ClosedRange<Int>) -> [KeyGrid.Sight] {
    var sights: [KeyGrid.Sight] = []
    for first in stride(from: whites.lowerBound + 1, through: whites.upperBound, by: 4) {
      let boundaries = first..<min(first + 7, whites.upperBound + 1)
      guard boundaries.count >= 4, let y = lineEnd(boundaries) else { continue }
      let x = Float(boundaries.lowerBound + boundaries.upperBound - 1) / 2
      if let point = grid.point([x, y]) { sights.append(.init(point: point, place: 0)) }
    }
    return sights
  }

  /// Where lines at these boundaries end, going towards the player.
  private func lineEnd(_ boundaries: Range<Int>) -> Float? {
    let lowest: Float = -32
    let profile = (0..<80).map { index -> Float in
      let y = lowest + Float(index)
      let depths = boundaries.compactMap { boundary -> Float? in
        let x = Float(boundary)
        guard let line = mean(x: x - 0.05...x + 0.05, y: y...y, 3, 1),
          let left = mean(x: x - 0.3...x - 0.18, y: y...y, 3, 1),
          let right = mean(x: x + 0.18...x + 0.3, y: y...y, 3, 1)
        else { return nil }
        return min(left, right) - line
      }
      return median(depths)
    }
    // Half of what they are where there are keys for sure.
    let level = median(Array(profile[45..<75])) / 2
    guard level > 0.75 else { return nil }
    var index = 45
    while index > 2, profile[index] > level || profile[index - 1] > level || profile[index - 2] > level { index -= 1 }
    guard index > 2 else { return nil }
    let (inside, outside) = (profile[index + 1], profile[index])
    return lowest + Float(index) + (inside > outside ? (level - outside) / (inside - outside) : 0.5)
  }

  // MARK: Is there a key?

  /// How much darker the middle of a black key is than what is beside it on both sides, as a share of that; less what is as
  /// dark before it, where there are white keys. Nil outside the picture.
  func blackness(_ number: Int) -> Float? {
    func shades(_ middle: Float, _ y: ClosedRange<Float>) -> (dark: Float, light: Float)? {
      func tone(_ x: Float) -> Float? { mean(x: x - 0.08...x + 0.08, y: y, 3, 9) }
      guard let dark = tone(middle), let left = tone(middle - 0.42), let right = tone(middle + 0.42) else { return nil }
      return (dark, min(left, right))
    }
    var best: Float?
    for shift: Float in [0, -0.12, 0.12, -0.24, 0.24] {
      let middle = BlackKeys.place(number) + shift
      guard let back = shades(middle, 68...135), let front = shades(middle, 12...42) else { continue }
      let share = (back.light - back.dark - max(0, front.light - front.dark)) / max(back.light, 3)
      best = max(best ?? -1, share)
    }
    return best
  }

  /// The shade of white keys between two black ones less that of a black one.
  func contrast(_ number: Int) -> Float? {
    let x = BlackKeys.place(number)
    guard let dark = mean(x: x - 0.08...x + 0.08, y: 68...135, 3, 9),
      let left = mean(x: x - 0.5...x - 0.34, y: 68...135, 3, 9),
      let right = mean(x: x + 0.34...x + 0.5, y: 68...135, 3, 9)
    else { return nil }
    return min(left, right) - dark
  }

  /// The shade of the front of a white key; nil outside the picture.
  func whiteness(_ white: Int) -> Float? {
    mean(x: Float(white) + 0.25...Float(white) + 0.75, y: 10...42, 5, 6)
  }
}
