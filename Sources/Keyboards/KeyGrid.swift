// KeyGrid: which place on a keyboard a point of the picture shows: x = (a·u + b·v + c)/D in white keys from the left edge of
// a C, y = (d·u + e·v + f)/D in millimetres from the front, D = g·u + h·v + 1, with (u, v) the point as a pinhole would show
// it, from the picture's middle in halves of its diagonal. Fits of x and of y are linear, one after the other.

struct KeyGrid {
  private var x: [Double], y: [Double] = [0, 0, 0], depth: [Double] = [0, 0]
  let bend: Float
  private let lens: Lens
  private let middle: SIMD2<Float>, scale: Float

  /// A point with the place that it is said to show.
  struct Sight {
    var point: SIMD2<Float>
    var place: Float
    var weight: Float = 1
  }

  /// Fits x. Nil where the points do not decide it.
  init?(x sights: [Sight], bend: Float, width: Int, height: Int) {
    lens = Lens(bend: bend, width: width, height: height)
    self.bend = bend
    middle = SIMD2(Float(width), Float(height)) / 2
    scale = max((middle * middle).sum().squareRoot(), 1)
    x = [0, 0, 0]
    let points = sights.map { normal($0.point) }
    var distances = [Float](repeating: 0, count: sights.count)
    for round in 0..<6 {
      var equations = LeastSquares(5)
      equations.hold(3, 1e-3)
      equations.hold(4, 1e-3)
      for (index, sight) in sights.enumerated() {
        let (p, place) = (points[index], Double(sight.place))
        let d = round == 0 ? 1 : depth(p)
        guard d > 0.02 else { continue }
        let off = Double(distances[index]) / 0.1
        equations.add(
          [p.x, p.y, 1, -place * p.x, -place * p.y], place,
          weight: Double(sight.weight) / (d * d) / (round == 0 ? 1 : 1 + off * off))
      }
      guard let solution = equations.solution() else { return nil }
      (x, depth) = (Array(solution[0..<3]), Array(solution[3..<5]))
      for (index, sight) in sights.enumerated() { distances[index] = x(points[index]) - sight.place }
    }
  }

  /// Fits y, in millimetres; how far the sights lie off in the middle, or nil where they do not decide it.
  mutating func fit(y sights: [Sight]) -> Float? {
    let points = sights.map { normal($0.point) }
    var distances = [Float](repeating: 0, count: sights.count)
    for round in 0..<6 {
      var equations = LeastSquares(3)
      for (index, sight) in sights.enumerated() {
        let p = points[index]
        let d = depth(p)
        guard d > 0.02 else { continue }
        let off = Double(distances[index]) / 4
        equations.add(
          [p.x, p.y, 1], Double(sight.place) * d,
          weight: Double(sight.weight) / (d * d) / (round == 0 ? 1 : 1 + off * off))
      }
      guard let solution = equations.solution() else { return nil }
      y = solution
      for (index, sight) in sights.enumerated() { distances[index] = y(points[index]) - sight.place }
    }
    return median(distances.map(abs))
  }

  /// How far sights lie off x, in white keys.
  func residuals(x sights: [Sight]) -> [Float] { sights.map { x(normal($0.point)) - $0.place } }

  private func normal(_ point: SIMD2<Float>) -> SIMD2<Double> {
    let p = (lens.straight(point) - middle) / scale
    return SIMD2(Double(p.x), Double(p.y))
  }

  private func depth(_ p: SIMD2<Double>) -> Double { depth[0] * p.x + depth[1] * p.y + 1 }
  private func x(_ p: SIMD2<Double>) -> Float { Float((x[0] * p.x + x[1] * p.y + x[2]) / depth(p)) }
  private func y(_ p: SIMD2<Double>) -> Float { Float((y[0] * p.x + y[1] * p.y + y[2]) / depth(p)) }

  /// White keys and millimetres.
  func place(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let p = normal(point)
    return [x(p), y(p)]
  }

  /// Where a place is seen; nil behind the horizon.
  func point(_ place: SIMD2<Float>) -> SIMD2<Float>? {
    let (px, py) = (Double(place.x), Double(place.y))
    let (a, b) = (x[0] - depth[0] * px, x[1] - depth[1] * px)
    let (c, d) = (y[0] - depth[0] * py, y[1] - depth[1] * py)
    let (r, s) = (px - x[2], py - y[2])
    let size = a * d - b * c
    guard abs(size) > 1e-9 else { return nil }
    let p = SIMD2((r * d - b * s) / size, (a * s - r * c) / size)
    guard depth(p) > 0.02 else { return nil }
    return lens.seen(middle + SIMD2(Float(p.x), Float(p.y)) * scale)
  }
}
