// RainShower: it begins to rain: a first drop, then ever more of them, until it pours or drizzles.
// One event: the first drop.
import Glibc
import Scenery
import Score

struct RainShower: Cause {
  let events: [CauseEvent]
  let setting: Setting
  private let rain: RainSound
  private let begin: Double, growth: Double, power: Double
  /// Of the streaks: how far the wind leans them.
  private let lean: Float
  private let seed: UInt64

  init(_ chance: inout Chance, seconds: Double) {
    begin = chance.between(0.6, min(2.5, seconds / 2))
    growth = chance.between(0.4, 2.2)
    power = chance.between(0.15, 1)
    let ground = chance.one(of: WetGround.allCases)
    rain = RainSound(ground: ground, rate: 40 + 260 * power, seed: chance.next())
    events = [CauseEvent(begin, power)]
    lean = Float(chance.between(-0.25, 0.25))
    let colours: [WetGround: Colour] = [
      .street: [0.36, 0.36, 0.38], .leaves: [0.22, 0.38, 0.16], .tin: [0.55, 0.57, 0.6], .puddle: [0.36, 0.38, 0.36],
    ]
    setting = Setting(
      &chance, target: [0, 2500, 500], distance: 4200, height: 1500, field: 58, isOutdoors: true,
      ground: colours[ground]! * Float(chance.between(0.8, 1.2)))
    seed = chance.next()
  }

  /// Of the most rain.
  private func share(_ time: Double) -> Double {
    let u = max(0, (time - begin) / growth)
    return min(1, 0.03 + 0.97 * u * u) * (time < begin ? 0 : 1)
  }

  func backdrop(_ brush: Brush) {
    setting.backdrop(brush)
    guard rain.ground == .tin else { return }
    for index in -20...20 {
      let x = Float(index) * 260
      brush.sheet(
        [[x, -1500, 2], [x + 60, -1500, 2], [x + 60, 9000, 2], [x, 9000, 2]], [0.3, 0.31, 0.33], alpha: 0.5)
    }
  }

  func draw(_ brush: Brush, at time: Double) {
    let now = share(time)
    guard now > 0 else { return }
    let (canvas, w, h) = (brush.canvas, Float(brush.canvas.width), Float(brush.canvas.height))
    // It becomes darker, and the ground wet.
    canvas.fill([[0, 0], [w, 0], [w, h], [0, h]], [0.12, 0.14, 0.18], alpha: 0.28 * Float(now * power))
    var chance = Chance(seed: seed &+ UInt64(max(0, time) * 1000) &* 0x9E37_79B9)
    let count = Int((3 + 260 * now * power).rounded())
    for _ in 0..<count {
      let (x, y) = (Float(chance.unit()) * w, Float(chance.unit()) * h * 1.2 - 0.1 * h)
      let length = Float(chance.between(6, 26)) * (0.5 + Float(power))
      canvas.capsule(
        [x, y], 0.6, [x + lean * length, y + length], 0.8, [0.85, 0.88, 0.93], alpha: Float(chance.between(0.35, 0.8)))
    }
    // Where they meet the ground.
    for _ in 0..<Int((1 + 50 * now * power).rounded()) {
      let place: Vector = [Float(chance.between(-3500, 3500)), Float(chance.between(-500, 6000)), 3]
      let size = Float(chance.between(20, 90))
      brush.disc(place, size, [1, 0, 0], [0, 1, 0], [0.85, 0.88, 0.92], alpha: Float(chance.between(0.3, 0.65)))
    }
  }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    rain.add(to: &sound, from: events[0].time) { share($0 + 1e-9) * (0.25 + 0.75 * power) }
    return sound
  }

  var category: String { "rain" }

  var wording: Wording {
    let grounds: [String] =
      switch rain.ground {
      case .street: ["the street", "the pavement", "stone"]
      case .leaves: ["leaves", "grass", "a meadow"]
      case .tin: ["a tin roof", "a metal roof", "corrugated iron"]
      case .puddle: ["puddles", "a pond", "water"]
      }
    let how = power > 0.6 ? ["heavy", "pouring", "hard"] : power < 0.35 ? ["light", "gentle", "soft"] : ["steady"]
    return Wording(
      [
        "it begins to rain", "rain starts to fall on {ground}", "{how} rain on {ground}", "a {how} rain shower begins",
        "the first drops, then {how} rain", "raindrops patter on {ground}", "rain, {ground}",
      ], ["ground": grounds, "how": how])
  }
}
