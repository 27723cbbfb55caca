// Walk: somebody crosses the picture on foot. An event is a foot that comes down; each is heard as one recorded step of
// the same shoes on the same ground.
import Glibc
import Scenery
import Score

struct Walk: Cause {
  let events: [CauseEvent]
  let setting: Setting
  private let gait: Gait
  private let ground: EffectShelf.Ground
  private let steps: [Effect]
  private let leg: Float, hasSkirt: Bool, shirt: Colour

  init(_ chance: inout Chance, seconds: Double, grounds: [EffectShelf.Ground]) {
    let ground = chance.one(of: grounds)
    self.ground = ground
    gait = Gait(&chance, seconds: seconds, reach: 1900)
    let weight = chance.between(0.45, 0.85)
    events = gait.steps.map { CauseEvent($0.time, weight * chance.between(0.75, 1.15)) }
    steps = gait.steps.map { _ in chance.one(of: ground.steps) }
    leg = Float(chance.between(760, 900))
    hasSkirt = chance.happens(0.25)
    shirt = [Float(chance.between(0.1, 0.9)), Float(chance.between(0.1, 0.9)), Float(chance.between(0.1, 0.9))]
    let colours: [String: Colour] = [
      "wood": [0.52, 0.36, 0.22], "grass": [0.25, 0.45, 0.16], "gravel": [0.52, 0.5, 0.47], "snow": [0.92, 0.93, 0.96],
      "stone": [0.55, 0.55, 0.54], "sand": [0.8, 0.7, 0.48], "metal": [0.42, 0.45, 0.5], "dirt": [0.4, 0.29, 0.2],
      "ice": [0.75, 0.85, 0.93],
    ]
    let colour = (colours[ground.name] ?? [0.45, 0.4, 0.35]) * Float(chance.between(0.85, 1.1))
    setting = Setting(
      &chance, target: [0, 0, 820], distance: 4600, height: 1400, field: 54,
      isOutdoors: !["wood", "stone", "metal", "shoes"].contains(ground.name), ground: colour)
  }

  func backdrop(_ brush: Brush) { setting.backdrop(brush, depth: 2600) }

  func draw(_ brush: Brush, at time: Double) {
    let feet = [0, 1].map { gait.foot($0, at: time) }
    let middle = (feet[0].x + feet[1].x) / 2
    let spread = abs(feet[0].x - feet[1].x) / 2
    // Hips are lowest when the feet are far apart.
    let hip: Vector = [middle + gait.way * 30, 0, (leg * leg - spread * spread * 0.6).squareRoot() + 70]
    let look = setting.look
    for foot in feet { brush.shadow([foot.x, 0, foot.z], 130) }
    brush.disc([middle, 0, 2], 300, [1, 0, 0], [0, 0.5, 0], .zero, alpha: 0.25)
    let shoulder = hip + [gait.way * 40, 0, 560]
    // The far side first.
    for side in [1, 0] {
      let y: Float = side == 1 ? 90 : -90
      let ankle: Vector = [feet[side].x - gait.way * 40, y, feet[side].z + 80]
      let knee = joint(hip + [0, y, 0], ankle, leg * 0.51, towards: gait.way)
      let dark: Float = side == 1 ? 0.75 : 1
      let swing = (feet[1 - side].x - middle) * 0.55
      let hand = shoulder + [swing, y * 2.1, -560]
      if side == 1 { arm(brush, shoulder + [0, y * 1.9, -30], hand, dark) }
      brush.limb(hip + [0, y, 0], 92, knee, 66, look.trousers * dark)
      brush.limb(knee, 66, ankle, 44, (hasSkirt ? look.skin : look.trousers) * dark)
      let toe: Vector = [feet[side].x + gait.way * 170, y, feet[side].z + 35]
      brush.limb(ankle + [0, 0, -30], 50, toe, 36, look.shoes * dark)
      if side == 0 {
        if hasSkirt { brush.limb(hip + [0, 0, 60], 130, hip + [0, 0, -260], 210, shirt * 0.6) }
        brush.limb(hip, 135, shoulder, 150, shirt)
        brush.ball(shoulder + [gait.way * 25, 0, 270], 118, look.skin)
        brush.limb(shoulder + [-gait.way * 12, 0, 320], 105, shoulder + [gait.way * 25, 0, 345], 95, look.hair)
        arm(brush, shoulder + [0, y * 1.9, -30], hand, dark)
      }
    }
  }

  private func arm(_ brush: Brush, _ from: Vector, _ hand: Vector, _ dark: Float) {
    let elbow = joint(from, hand, 300, towards: -gait.way)
    brush.limb(from, 55, elbow, 46, shirt * (0.9 * dark))
    brush.limb(elbow, 46, hand, 38, shirt * (0.85 * dark))
    brush.ball(hand, 46, setting.look.skin * dark)
  }

  /// Where two bones of one length meet.
  private func joint(_ a: Vector, _ b: Vector, _ bone: Float, towards way: Float) -> Vector {
    let half = (b - a) / 2
    let out = max(0, bone * bone - half.dot(half)).squareRoot()
    let side = Vector(-half.z, 0, half.x).unit
    return a + half + side * out * (side.x * way < 0 ? -1 : 1)
  }

  var recordings: [Effect] {
    Array(Set(steps.map(\.name)).sorted().compactMap { name in steps.first { $0.name == name } })
  }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    for (event, step) in zip(events, steps) { sound.add(step, at: event.time, gain: event.strength) }
    return sound
  }

  var category: String { "footsteps on \(ground.name)" }

  var wording: Wording {
    let names = [
      "wood": ["a wooden floor", "wood", "floorboards"], "stone": ["stone", "a hard floor", "pavement"],
      "metal": ["metal", "a metal floor", "a steel walkway"], "shoes": ["the floor", "the ground"],
    ]
    let pace = gait.steps.count > 1 ? (gait.steps.last!.time - gait.steps[0].time) / Double(gait.steps.count - 1) : 0.6
    return Wording(
      [
        "footsteps on {ground}", "{who} walks on {ground}", "{how} footsteps on {ground}",
        "{who} walks across {ground}",
        "the sound of {how} steps on {ground}", "{who} crosses {ground} with {how} steps", "footsteps, {ground}",
      ],
      [
        "ground": names[ground.name] ?? [ground.name, "the \(ground.name)"],
        "who": ["someone", "a person", "a walker"],
        "how": pace < 0.5 ? ["quick", "hurried", "brisk"] : pace > 0.64 ? ["slow", "unhurried"] : ["steady", "even"],
      ])
  }
}
