// ShadowPainter: the shadows of hands on the keys: soft, since they are the sum of those that points of a wide lamp cast.
import Glibc
import Keyboards

enum ShadowPainter {
  /// Points of a lamp of radius 1: x and y.
  private static let points: [SIMD2<Float>] = [[-0.6, -0.35], [0.6, -0.35], [0, 0.7], [0, 0]]

  /// Draws them onto the plane of the white keys.
  static func draw(_ hands: [Hand], on geometry: KeyboardGeometry, _ brush: Brush) {
    let look = brush.look
    let area = brush.camera.polygon(geometry.corners, step: 100)
    brush.canvas.clipped(to: area) {
      for point in points {
        let lamp = look.lamp + [point.x * look.lampSize, point.y * look.lampSize, 0]
        var parts: [[SIMD2<Float>]] = []
        func add(_ a: Vector, _ ra: Float, _ b: Vector, _ rb: Float) {
          func cast(_ p: Vector) -> SIMD2<Float> {
            let place = p + (p - lamp) * (p.z / max(lamp.z - p.z, 100))
            return [place.x, place.y]
          }
          let outline = capsule(cast(a), ra, cast(b), rb)
          parts.append(brush.camera.polygon(outline.map { [$0.x, $0.y, 0] }))
        }
        for hand in hands {
          for (joints, radii) in zip(hand.fingers, hand.radii) {
            for index in 0..<3 { add(joints[index], radii[index], joints[index + 1], radii[index + 1]) }
          }
          for index in 1..<5 { add(hand.wrist, 22, hand.fingers[index][0], 12) }
          add(hand.wrist, hand.wristRadius, hand.elbow, hand.elbowRadius)
        }
        brush.canvas.fill(
          union: parts, Colour(0.03, 0.02, 0.02), alpha: 0.85 * (1 - look.ambient) / Float(points.count) * 1.5)
      }
    }
  }

  /// The outline of two discs and what lies between, counter-clockwise.
  private static func capsule(_ a: SIMD2<Float>, _ ra: Float, _ b: SIMD2<Float>, _ rb: Float) -> [SIMD2<Float>] {
    let way = b - a
    let length = way.norm
    let angle = atan2f(way.y, way.x)
    let touch = length > abs(ra - rb) ? acosf((ra - rb) / length) : (ra > rb ? 0 : .pi)
    func arc(_ centre: SIMD2<Float>, _ radius: Float, _ from: Float, _ to: Float) -> [SIMD2<Float>] {
      (0...4).map {
        let t = mix(from, to, Float($0) / 4)
        return centre + SIMD2(cosf(t), sinf(t)) * radius
      }
    }
    return arc(a, ra, angle + touch, angle + 2 * .pi - touch) + arc(b, rb, angle - touch, angle + touch)
  }
}
