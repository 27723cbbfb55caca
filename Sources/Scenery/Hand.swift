// Hand: the skeleton of a hand on the keyboard: a forearm, a palm, and fingers whose joints follow from where their tips are.
// A finger is two bones (its two last are one, bent a little), so that the knuckle and the tip decide the joint between.
import Glibc

/// A hand at one moment. Millimetres.
public struct Hand: Sendable {
  public let isLeft: Bool
  public let elbow: Vector, wrist: Vector
  /// Thumb first: the knuckle, the middle joint, the end joint, the tip.
  public let fingers: [[Vector]]
  /// Of a finger's four joints, and of wrist and elbow.
  public let radii: [[Float]]
  public let wristRadius: Float, elbowRadius: Float

  static func tipRadii(_ size: Float) -> [Float] { [8.6, 7, 7.2, 6.8, 6].map { $0 * size } }

  /// - Parameters:
  ///   - tips: thumb first.
  ///   - size: 1 for a hand of 185 mm.
  ///   - middle: of the pianist.
  init(isLeft: Bool, pose: HandMotion.Pose, tips: [Vector], size: Float, middle: Float) {
    let s: Float = isLeft ? -1 : 1
    self.isLeft = isLeft
    // Elbows follow half of the way: the forearm turns.
    let elbowX = middle + s * 255 + 0.62 * (pose.centre - middle - s * 170)
    let elbow: Vector = [elbowX, -350 + 0.3 * pose.inset, 5]
    let flat = max(0, pose.span - 110) * 0.16
    let knuckle: Vector = [pose.centre, -14 + 0.92 * pose.inset, 60 * size + pose.lift - min(flat, 16)]
    let turn = 0.55 * atan2f(pose.centre - elbow.x, knuckle.y - elbow.y)
    let (c, n) = (cosf(turn), sinf(turn))
    func place(_ x: Float, _ y: Float, _ z: Float) -> Vector {
      let (x, y) = (s * x * size, y * size)
      return knuckle + [x * c + y * n, y * c - x * n, z * size]
    }
    let wrist = place(4, -88, -20)
    let bases = [place(-30, -58, -24), place(-23, 1, -1), place(0, 0, 0), place(20, -6, -3), place(37, -16, -9)]
    let bones: [(Float, Float)] = [(50, 50), (46, 44), (51, 48), (47, 45), (37, 36)]
    fingers = (0..<5).map { index in
      Self.finger(
        from: bases[index], to: tips[index], bones[index].0 * size, bones[index].1 * size,
        bend: index == 0 ? [-0.75 * s, -0.1, 0.55] : [0, 0, 1])
    }
    radii = Self.tipRadii(1).enumerated().map { index, tip in
      (index == 0 ? [15, 11.5, 10, tip] : [tip + 3.4, tip + 2.2, tip + 1, tip]).map { $0 * size }
    }
    (self.elbow, self.wrist) = (elbow, wrist)
    (wristRadius, elbowRadius) = (25 * size, 39 * size)
  }

  /// Two bones between two points, bent towards `bend`; longer ones when the points are too far apart.
  private static func finger(
    from base: Vector, to tip: Vector, _ first: Float, _ second: Float, bend: Vector
  ) -> [Vector] {
    let way = tip - base
    let distance = way.norm
    let scale = max(1, distance / (0.985 * (first + second)))
    let (a, b) = (first * scale, second * scale)
    let along = way.unit
    let foot = min(max((a * a - b * b + distance * distance) / (2 * max(distance, 1)), -a), a)
    let height = max(a * a - foot * foot, 0).squareRoot()
    let up = (bend - along * bend.dot(along)).unit
    let joint = base + along * foot + up * height
    let end = mix(joint, tip, 0.55) + up * (0.1 * b)
    return [base, joint, end, tip]
  }
}
