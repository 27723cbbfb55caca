// HammerStrokes: a hammer drives a nail into a block of wood, or strikes a block of metal. Before each stroke it is lifted
// through θ and falls with growing speed: θ(1 − u²); it strikes with 2θ/T.
import Glibc
import Scenery
import Score

struct HammerStrokes: Cause {
  private struct Stroke {
    /// When it strikes; how long the lift and the fall before it take, s; how far it is lifted, radians.
    let time: Double, lift: Double, fall: Double, angle: Double
    /// m/s.
    var speed: Double { 2 * angle / fall * HammerStrokes.handle / 1000 }
  }

  private static let handle = 300.0
  private static let fastest = 9.0
  let events: [CauseEvent]
  let setting: Setting
  private let strokes: [Stroke]
  private let isMetal: Bool
  private let block: (half: Vector, colour: Colour), head: (radius: Float, length: Float, colour: Colour)
  private let grip: Colour, nail: Float
  private let body: StruckBody, tick: StruckBody
  private let seed: UInt64

  init(_ chance: inout Chance, seconds: Double) {
    isMetal = chance.happens(0.5)
    let pace = chance.between(0.45, 1.2)
    var strokes: [Stroke] = []
    var time = chance.between(0.5, 1.5)
    while time < seconds - 0.25 {
      let before = strokes.last.map { time - $0.time } ?? pace
      let fall = min(before * 0.4, chance.between(0.13, 0.24))
      strokes.append(Stroke(time: time, lift: before - fall, fall: fall, angle: chance.between(0.45, 1.25)))
      time += pace * chance.between(0.85, 1.15) + (chance.happens(0.12) ? chance.between(0.5, 1.2) : 0)
    }
    self.strokes = strokes
    events = strokes.map { CauseEvent($0.time, $0.speed / Self.fastest) }
    body = StruckBody(&chance, isMetal ? .metal : .wood, contact: isMetal ? 0.00012 : 0.0006)
    tick = StruckBody(frequency: chance.between(2600, 5200), decay: chance.between(0.01, 0.04), contact: 0.0001)
    block.half = [Float(chance.between(120, 260)), Float(chance.between(80, 160)), Float(chance.between(90, 260))]
    block.colour =
      isMetal
      ? [0.36, 0.38, 0.42] * Float(chance.between(0.6, 1.4)) : [0.62, 0.44, 0.27] * Float(chance.between(0.6, 1.2))
    head = (
      Float(chance.between(18, 30)), Float(chance.between(70, 130)),
      [0.3, 0.31, 0.34] * Float(chance.between(0.6, 1.5))
    )
    grip = chance.one(of: [[0.65, 0.48, 0.28], [0.15, 0.15, 0.17], [0.7, 0.2, 0.12], [0.15, 0.3, 0.55]])
    nail = Float(chance.between(50, 90))
    setting = Setting(&chance, target: [40, 0, block.half.z + 90], distance: 1050, height: 620, field: 46)
    seed = chance.next()
  }

  /// How far the hammer is lifted, radians.
  private func angle(_ time: Double) -> Double {
    guard let next = strokes.first(where: { $0.time > time }) else { return 0 }
    let begin = next.time - next.fall - next.lift
    if time >= next.time - next.fall {
      let u = 1 - (next.time - time) / next.fall
      return next.angle * (1 - u * u)
    }
    return next.angle * Double(smooth(Float((time - begin) / next.lift)))
  }

  /// How high the nail stands: each blow drives it in by what it has.
  private func nailHeight(_ time: Double) -> Float {
    let all = strokes.reduce(0) { $0 + $1.speed }
    let done = strokes.filter { $0.time <= time }.reduce(0) { $0 + $1.speed }
    return nail * (1 - 0.85 * Float(done / max(all, 1e-9)))
  }

  func backdrop(_ brush: Brush) {
    setting.backdrop(brush, depth: 1300)
    let h = block.half
    brush.disc([0, 0, 1], h.x * 1.4, [1, 0, 0], [0, h.y / h.x, 0], .zero, alpha: 0.3)
    brush.box([-h.x, -h.y, 0], [h.x, h.y, h.z], block.colour)
  }

  func draw(_ brush: Brush, at time: Double) {
    let top = block.half.z + (isMetal ? 0 : nailHeight(time))
    if !isMetal { brush.limb([0, 0, block.half.z], 4, [0, 0, top], 4, [0.6, 0.6, 0.62]) }
    let turn = Float(angle(time))
    let (along, across) = (Vector(-cosf(turn), 0, sinf(turn)), Vector(sinf(turn), 0, cosf(turn)))
    // At rest the head's face is on the target, and its handle level.
    let hand: Vector = [Float(Self.handle), 0, top + head.length / 2]
    let end = hand + along * Float(Self.handle)
    let lamp = setting.look
    brush.shadow([end.x, 0, end.z], head.length * 0.5, floor: block.half.z)
    brush.limb(hand + [90, 10, -10], 32, hand + [520, 120, -60 + 260 * turn], 48, lamp.sleeve)
    brush.limb(hand - along * 60, 12, end, 11, grip)
    brush.limb(
      end - across * (head.length / 2), head.radius, end + across * (head.length / 2), head.radius * 0.9, head.colour)
    brush.limb(hand + [-25, 0, 0], 34, hand + [60, 0, 0], 32, lamp.skin)
  }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    var chance = Chance(seed: seed)
    for event in events {
      let speed = Self.fastest * event.strength
      body.strike(&sound, at: event.time, velocity: speed, &chance)
      tick.strike(&sound, at: event.time, velocity: speed, gain: isMetal ? 0.4 : 1.2, &chance)
    }
    return sound
  }

  var category: String { isMetal ? "hammer on metal" : "hammer on wood" }

  var wording: Wording {
    isMetal
      ? Wording(
        [
          "a hammer strikes {thing}", "{who} hammers on {thing}",
          "a hammer hits {thing} \(Wording.times(strokes.count)[0])",
          "ringing blows of a hammer on {thing}", "clanging of a hammer against {thing}",
          "metal is struck with a hammer",
          "hammering, metal",
        ],
        [
          "thing": ["a block of metal", "an anvil", "a piece of iron", "metal", "a steel block"],
          "who": ["a smith", "someone", "a worker"],
        ])
      : Wording(
        [
          "a hammer drives a nail into {thing}", "{who} hammers a nail into {thing}", "a nail is driven into {thing}",
          "hammer blows on a nail in {thing}", "a hammer strikes a nail \(Wording.times(strokes.count)[0])",
          "{who} hits {thing} with a hammer", "hammering, wood",
        ],
        [
          "thing": ["a wooden block", "wood", "a beam", "a piece of timber"],
          "who": ["a carpenter", "someone", "a person"],
        ])
  }
}
