// Camera: where a point of the scene falls in the picture: a pinhole, a lens that bends, and a picture that may be turned.
// With c = R(p − position) and r² = (c.x² + c.y²)/c.z²: pixel = centre + focal·(1 + k₁r² + k₂r⁴)·(c.x, c.y)/c.z.
import Glibc

/// One camera. Pixels are counted from the upper left corner, whose pixel's middle is at ½, ½.
public struct Camera: Sendable, Codable, Equatable {
  public let width: Int, height: Int
  /// Millimetres.
  public let position: Vector
  /// The rows of R: to the right of the picture, down, and into it.
  public let right: Vector, down: Vector, forward: Vector
  /// Pixels.
  public let focal: Float
  public let k1: Float, k2: Float
  /// Whether the picture is a mirror image, and whether it stands on its head.
  public let mirrored: Bool, upsideDown: Bool

  /// What is nearer than this is not seen, mm.
  private static let near: Float = 25

  /// - Parameters:
  ///   - target: what is in the middle of the picture.
  ///   - up: what is upwards in it.
  ///   - roll: radians, clockwise.
  ///   - fieldOfView: of the picture's width, degrees.
  public init(
    width: Int, height: Int, position: Vector, target: Vector, up: Vector = [0, 0, 1], roll: Float = 0,
    fieldOfView: Float, k1: Float = 0, k2: Float = 0, mirrored: Bool = false, upsideDown: Bool = false
  ) {
    (self.width, self.height, self.position) = (width, height, position)
    forward = (target - position).unit
    let level = forward.cross(up).unit
    let fall = forward.cross(level)
    right = level * cosf(roll) + fall * sinf(roll)
    down = fall * cosf(roll) - level * sinf(roll)
    focal = Float(width) / 2 / tanf(fieldOfView * .pi / 360)
    (self.k1, self.k2, self.mirrored, self.upsideDown) = (k1, k2, mirrored, upsideDown)
  }

  /// To the right, down, and away, mm.
  public func view(_ point: Vector) -> Vector {
    let p = point - position
    return [p.dot(right), p.dot(down), p.dot(forward)]
  }

  /// The pixel of a point; nil of one that is behind the camera, or too near.
  public func project(_ point: Vector) -> SIMD2<Float>? {
    let c = view(point)
    return c.z < Self.near ? nil : pixel(c)
  }

  /// Pixels that a millimetre fills there.
  package func scale(at point: Vector) -> Float { focal / max(view(point).z, Self.near) }

  private func pixel(_ c: Vector) -> SIMD2<Float> {
    let p = SIMD2(c.x, c.y) / c.z
    // Beyond where the lens would fold back it bends no further.
    let limit: Float = k1 < 0 ? -0.25 / k1 : .infinity
    let r2 = min((p * p).sum(), limit)
    var pixel = p * (focal * (1 + k1 * r2 + k2 * r2 * r2)) + SIMD2(Float(width), Float(height)) / 2
    if mirrored { pixel.x = Float(width) - pixel.x }
    if upsideDown { pixel = SIMD2(Float(width), Float(height)) - pixel }
    return pixel
  }

  /// A polygon in the picture: cut where it comes too near, and with enough corners for the lens to bend its edges.
  ///
  /// - Parameter step: the longest straight piece, mm.
  package func polygon(_ points: [Vector], step: Float = 1e9) -> [SIMD2<Float>] {
    var corners = points.map(view)
    if corners.contains(where: { $0.z < Self.near }) { corners = Self.cut(corners) }
    guard k1 != 0, step < 1e8 else { return corners.map(pixel) }
    var result: [SIMD2<Float>] = []
    for (index, a) in corners.enumerated() {
      let b = corners[(index + 1) % corners.count]
      let pieces = min(max(1, Int(((b - a).norm / step).rounded(.up))), 16)
      for piece in 0..<pieces { result.append(pixel(mix(a, b, Float(piece) / Float(pieces)))) }
    }
    return result
  }

  /// What of a polygon is far enough (Sutherland and Hodgman 1974).
  private static func cut(_ points: [Vector]) -> [Vector] {
    var result: [Vector] = []
    for (index, b) in points.enumerated() {
      let a = points[(index + points.count - 1) % points.count]
      if (a.z < near) != (b.z < near) { result.append(mix(a, b, (near - a.z) / (b.z - a.z))) }
      if b.z >= near { result.append(b) }
    }
    return result
  }

  /// focal·[R | −R·position] with the middle of the picture added: three rows of four. Of the pinhole alone.
  public var matrix: [[Float]] {
    let rows = [right, down, forward].map { [$0.x, $0.y, $0.z, -$0.dot(position)] }
    let (cx, cy) = (Float(width) / 2, Float(height) / 2)
    return [
      zip(rows[0], rows[2]).map { focal * $0 + cx * $1 }, zip(rows[1], rows[2]).map { focal * $0 + cy * $1 }, rows[2],
    ]
  }
}
