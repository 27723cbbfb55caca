// Homography: what a plane looks like to a pinhole: a map of points to points that keeps straight lines straight.
// (x, y) goes to ((a·x + b·y + c) / w, (d·x + e·y + f) / w) with w = g·x + h·y + i.

/// A map from one plane to another.
public struct Homography: Sendable, Equatable {
  /// The three rows, scaled so that w is positive where the points lie that it was made from.
  let rows: [SIMD3<Double>]

  /// The map that takes four points to four others.
  ///
  /// Nil where there is none: three of them lie on one line, some coincide or are not finite, or the four go around one way
  /// here and cross each other there.
  public init?(from: [SIMD2<Float>], to: [SIMD2<Float>]) {
    guard from.count == 4, to.count == 4, let first = Self.square(to: from), let second = Self.square(to: to),
      let back = Self.inverse(first)
    else { return nil }
    self.init(rows: Self.product(second, back), near: from)
  }

  /// - Parameter near: points that are to lie on the side that is seen.
  private init?(rows: [SIMD3<Double>], near: [SIMD2<Float>]) {
    let depths = near.map { (rows[2] * SIMD3(Double($0.x), Double($0.y), 1)).sum() }
    guard let first = depths.first, first != 0, depths.allSatisfy({ $0 / first > 1e-9 }) else { return nil }
    self.rows = rows.map { $0 / first }
    guard self.rows.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else { return nil }
  }

  /// Where a point goes; nil of one on the horizon, or behind it.
  public func callAsFunction(_ point: SIMD2<Float>) -> SIMD2<Float>? {
    let p = SIMD3(Double(point.x), Double(point.y), 1)
    let depth = (rows[2] * p).sum()
    guard depth > 1e-9 else { return nil }
    return SIMD2(Float((rows[0] * p).sum() / depth), Float((rows[1] * p).sum() / depth))
  }

  /// The way back: for points near those that four points went to.
  public func inverse(near points: [SIMD2<Float>]) -> Homography? {
    Self.inverse(rows).flatMap { Homography(rows: $0, near: points) }
  }

  /// The unit square, counter-clockwise from the origin, to four points (Heckbert 1989, 2.2.3).
  private static func square(to points: [SIMD2<Float>]) -> [SIMD3<Double>]? {
    let p = points.map { SIMD2(Double($0.x), Double($0.y)) }
    guard p.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
    let extent = p.reduce(0) { max($0, abs($1.x - p[0].x), abs($1.y - p[0].y)) }
    for skipped in 0..<4 {
      let three = (0..<4).filter { $0 != skipped }.map { p[$0] }
      guard abs(cross(three[1] - three[0], three[2] - three[0])) > 1e-9 * extent * extent, extent > 0 else {
        return nil
      }
    }
    let (a, b, excess) = (p[1] - p[2], p[3] - p[2], p[0] - p[1] + p[2] - p[3])
    let area = cross(a, b)
    let (g, h) = (cross(excess, b) / area, cross(a, excess) / area)
    let (right, up) = (p[1] - p[0] + g * p[1], p[3] - p[0] + h * p[3])
    return [SIMD3(right.x, up.x, p[0].x), SIMD3(right.y, up.y, p[0].y), SIMD3(g, h, 1)]
  }

  private static func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  /// Up to a factor: the transpose of the cofactors.
  private static func inverse(_ m: [SIMD3<Double>]) -> [SIMD3<Double>]? {
    let columns = [cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])]
    let size = (m[0] * columns[0]).sum()
    guard size != 0, size.isFinite else { return nil }
    return (0..<3).map { row in SIMD3(columns[0][row], columns[1][row], columns[2][row]) / size }
  }

  private static func product(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> [SIMD3<Double>] {
    a.map { row in b[0] * row.x + b[1] * row.y + b[2] * row.z }
  }
}
