// HandPainter: arms, palms and fingers as round limbs, the farthest first.

/// Draws hands for one camera.
struct HandPainter {
  private let brush: Brush
  private let middle: Float

  /// - Parameter middle: of the pianist.
  init(_ brush: Brush, middle: Float) {
    self.brush = brush
    self.middle = middle
  }

  func draw(_ hands: [Hand]) {
    for hand in hands.sorted(by: { brush.distance($0.wrist) > brush.distance($1.wrist) }) { draw(hand) }
  }

  private func draw(_ hand: Hand) {
    arm(hand)
    var parts: [(distance: Float, draw: () -> Void)] = [(brush.distance(palmMiddle(hand)), { palm(hand) })]
    for finger in 0..<5 {
      let middle = (hand.fingers[finger][0] + hand.fingers[finger][2]) / 2
      parts.append((brush.distance(middle), { self.finger(hand, finger) }))
    }
    for part in parts.sorted(by: { $0.distance > $1.distance }) { part.draw() }
  }

  private func palmMiddle(_ hand: Hand) -> Vector {
    (hand.wrist + hand.fingers[1][0] + hand.fingers[4][0]) / 3 + [0, 0, 12]
  }

  private func arm(_ hand: Hand) {
    let look = brush.look
    let side: Float = hand.isLeft ? -1 : 1
    let shoulder: Vector = [middle + side * 185, -560, 330]
    let isBare = look.sleeveFrom > 1
    brush.limb(shoulder, 56, hand.elbow, 46, isBare ? look.skin : look.sleeve, outline: 0.5)
    brush.limb(hand.elbow, hand.elbowRadius, hand.wrist, hand.wristRadius, look.skin, outline: 0.5)
    guard !isBare else { return }
    let from = look.sleeveFrom
    let cuff = mix(hand.wrist, hand.elbow, from)
    let radius = mix(hand.wristRadius, hand.elbowRadius, from) + 6
    brush.limb(
      cuff, radius + 1.5, mix(hand.wrist, hand.elbow, from + 0.06), radius + 1, look.sleeve * 0.9, outline: 0.6)
    brush.limb(cuff, radius, hand.elbow, hand.elbowRadius + 7, look.sleeve)
  }

  private func palm(_ hand: Hand) {
    let (look, camera) = (brush.look, brush.camera)
    let side: Float = hand.isLeft ? -1 : 1
    let knuckles = hand.fingers.dropFirst().map { $0[0] }
    // The ball of the thumb, beneath.
    let ball = mix(hand.wrist, hand.fingers[0][0], 0.5) - [0, 0, 6]
    brush.limb(ball, 17, hand.fingers[0][0], 16, look.skin * 0.97)
    let across = (knuckles[3] - knuckles[0]).unit
    let rim = [hand.wrist - across * 13, hand.wrist + across * 13] + knuckles
    let points = hull(rim.compactMap(camera.project))
    let scale = camera.scale(at: hand.wrist)
    let normal = ((knuckles[3] - knuckles[0]).cross(hand.wrist - knuckles[1]) * -side).unit
    let (a, b) = (camera.project(knuckles[0]), camera.project(knuckles[3]))
    guard points.count > 2, let a, let b else { return }
    // Seen from the side there is little of it to be round.
    let breadth = min(1, (b - a).norm / (50 * scale))
    func tone(_ tilt: Float) -> Colour {
      look.shade(look.skin, (normal + across * (tilt * breadth)).unit, at: knuckles[1])
    }
    let extra = (b - a) * 0.4
    brush.canvas.fill(
      points, from: a - extra, to: b + extra,
      [
        (0, tone(-1.4) * (1 - 0.12 * breadth), 1), (0.25, tone(-0.5), 1), (0.6, tone(0.1), 1),
        (0.85, tone(0.8) * 0.97, 1),
        (1, tone(1.6) * (1 - 0.15 * breadth), 1),
      ], border: 23 * scale)
    // Tendons and knuckles.
    for knuckle in knuckles {
      let (p, q) = (mix(hand.wrist, knuckle, 0.35) + normal * 8, knuckle + normal * 7)
      guard let from = camera.project(p), let to = camera.project(q), brush.sees(q, normal) else { continue }
      brush.canvas.capsule(from, 2 * scale, to, 5 * scale, tone(-0.1) * 1.06, alpha: 0.3)
      brush.canvas.capsule(to, 5.5 * scale, to + [0.3, 0], 5.5 * scale, look.skin * [0.9, 0.72, 0.68], alpha: 0.25)
    }
  }

  private func finger(_ hand: Hand, _ index: Int) {
    let (look, joints, radii) = (brush.look, hand.fingers[index], hand.radii[index])
    // A dark line sets the finger off from its neighbours.
    for segment in 0..<3 where index == 0 || segment > 0 {
      outline(joints[segment], radii[segment], joints[segment + 1], radii[segment + 1])
    }
    let order = brush.distance(joints[3]) > brush.distance(joints[0]) ? [2, 1, 0] : [0, 1, 2]
    for segment in order {
      // Tips have more blood.
      let colour = segment == 2 ? look.skin * [1.01, 0.93, 0.92] : look.skin
      brush.limb(
        joints[segment], radii[segment], joints[segment + 1], radii[segment + 1],
        colour.clamped(lowerBound: .zero, upperBound: .one))
      if segment == 1, let p = brush.camera.project(joints[1]) {
        // The folds over the middle joint.
        let r = 0.55 * radii[1] * brush.camera.scale(at: joints[1])
        brush.canvas.capsule(p, r, p + [0.3, 0], r, look.skin * [0.88, 0.7, 0.66], alpha: 0.22)
      }
      if segment == 2 { nail(hand, index) }
    }
  }

  private func outline(_ a: Vector, _ ra: Float, _ b: Vector, _ rb: Float) {
    guard let pa = brush.camera.project(a), let pb = brush.camera.project(b) else { return }
    let (wa, wb) = (ra * brush.camera.scale(at: a), rb * brush.camera.scale(at: b))
    brush.canvas.capsule(pa, wa + 0.7, pb, wb + 0.7, brush.look.skin * [0.3, 0.2, 0.18], alpha: 0.45)
  }

  /// On the back of the last joint, where the camera sees it.
  private func nail(_ hand: Hand, _ index: Int) {
    let (joints, radius) = (hand.fingers[index], hand.radii[index][3])
    let along = (joints[3] - joints[2]).unit
    let side: Float = hand.isLeft ? -1 : 1
    let bend: Vector = index == 0 ? [-0.5 * side, 0, 0.85] : [0, 0, 1]
    let back = (bend - along * bend.dot(along)).unit
    let from = mix(joints[2], joints[3], 0.72) + back * (radius * 0.75)
    let to = joints[3] + along * (radius * 0.45) + back * (radius * 0.55)
    let facing = back.dot((brush.camera.position - to).unit)
    guard facing > 0.15, let a = brush.camera.project(from), let b = brush.camera.project(to) else { return }
    let width = 0.58 * radius * brush.camera.scale(at: to) * min(1, 0.4 + facing)
    brush.canvas.capsule(a, width, b, width, brush.look.shade(brush.look.nails, back, at: to), alpha: 0.8)
  }
}
