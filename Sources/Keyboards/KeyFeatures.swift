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
    return sights(blacks.map(BlackKeys.place), of: front, near: front - 24...front + 24, upwards: true, weight: 1)
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

  /// The front edges of white keys.
  func fronts(_ whites: ClosedRange<Int>) -> [KeyGrid.Sight] {
    sights(whites.map { Float($0) + 0.5 }, of: 0, near: -28...28, upwards: false, weight: 1)
  }

  // MARK: Is there a key?

  /// How much darker the middle of a black key is than what is beside it on both sides; nil outside the picture.
  func blackness(_ number: Int) -> Float? {
    let middle = BlackKeys.place(number)
    func tone(_ x: Float) -> Float? { mean(x: x - 0.08...x + 0.08, y: 68...135, 3, 9) }
    var best: Float?
    for shift: Float in [0, -0.12, 0.12, -0.24, 0.24] {
      guard let dark = tone(middle + shift), let left = tone(middle + shift - 0.42),
        let right = tone(middle + shift + 0.42)
      else { continue }
      best = max(best ?? -255, min(left, right) - dark)
    }
    return best
  }

  /// The shade of the front of a white key; nil outside the picture.
  func whiteness(_ white: Int) -> Float? {
    mean(x: Float(white) + 0.25...Float(white) + 0.75, y: 10...42, 5, 6)
  }
}
