// Bounce: a ball falls on a board of wood, a plate of metal or a slab of stone, and bounces until it lies still.
// Between two impacts z = z₀ + vt − gt²/2; after each, v is e times what it was.
import Glibc
import Scenery
import Score

struct Bounce: Cause {
  private enum Ball: String, CaseIterable { case rubber, steel, wooden, plastic }

  /// One ball let go: from where, and when it meets the ground.
  private struct Fall {
    let release: Double, from: Vector, velocity: Vector
    /// Times of impact, the speed of each in mm/s, and when it lies still.
    var impacts: [(time: Double, speed: Double)] = []
    var still = Double.infinity
  }

  private static let gravity = 9810.0
  let events: [CauseEvent]
  let setting: Setting
  private let material: Material
  private let ball: Ball, radius: Float, colour: Colour, spot: Colour
  private let board: (half: Vector, colour: Colour)
  private let falls: [Fall]
  private let body: StruckBody, hollow: StruckBody
  private let seed: UInt64

  init(_ chance: inout Chance, seconds: Double) {
    material = chance.one(of: Material.allCases)
    ball = chance.one(of: Ball.allCases)
    radius = Float(chance.between(22, 70))
    let (bounce, contact): ((Double, Double), Double) =
      switch ball {
      case .rubber: ((0.7, 0.86), 0.004)
      case .steel: (material == .metal ? (0.55, 0.78) : (0.4, 0.62), material == .wood ? 0.0007 : 0.00018)
      case .wooden: ((0.4, 0.6), 0.0009)
      case .plastic: ((0.68, 0.84), 0.0008)
      }
    let elasticity = chance.between(bounce.0, bounce.1)
    switch ball {
    case .steel: colour = [0.6, 0.62, 0.66] * Float(chance.between(0.7, 1.2))
    case .wooden: colour = [0.7, 0.5, 0.3] * Float(chance.between(0.6, 1.2))
    default:
      colour = [Float(chance.between(0.1, 1)), Float(chance.between(0.1, 1)), Float(chance.between(0.1, 1))]
    }
    spot = Colour(repeating: 1) - colour
    switch material {
    case .wood: board.colour = [0.58, 0.4, 0.24] * Float(chance.between(0.6, 1.3))
    case .metal: board.colour = [0.5, 0.53, 0.57] * Float(chance.between(0.6, 1.3))
    case .stone: board.colour = [0.68, 0.66, 0.62] * Float(chance.between(0.6, 1.2))
    }
    board.half = [Float(chance.between(380, 800)), Float(chance.between(220, 420)), Float(chance.between(12, 70))]
    var falls: [Fall] = []
    var begin = chance.between(0.1, 1.1)
    while begin < seconds - 0.9 {
      let fall = Self.fall(&chance, from: begin, radius: radius, elasticity: elasticity, half: board.half.x)
      falls.append(fall)
      begin = (fall.still.isFinite ? fall.still : seconds) + chance.between(0.4, 1.2)
    }
    self.falls = falls
    events = falls.flatMap(\.impacts).filter { $0.time < seconds - 0.05 }
      .map { CauseEvent($0.time, $0.speed / 5000) }
    body = StruckBody(&chance, material, contact: contact)
    hollow = StruckBody(
      frequency: chance.between(140, 420) * 45 / Double(radius), decay: ball == .plastic ? 0.03 : 0.012,
      contact: contact)
    setting = Setting(&chance, target: [0, 0, 330], distance: 1750, height: 750, field: 48)
    seed = chance.next()
  }

  private static func fall(
    _ chance: inout Chance, from release: Double, radius: Float, elasticity: Double, half: Float
  ) -> Fall {
    let height = chance.between(250, 900)
    let x = Float(chance.between(-0.5, 0.5)) * half
    let along = (x > 0 ? -1 : 1) * Float(chance.between(0, 120))
    var fall = Fall(
      release: release, from: [x, Float(chance.between(-80, 80)), Float(height) + radius], velocity: [along, 0, 0])
    var (time, speed) = (release + (2 * height / gravity).squareRoot(), (2 * gravity * height).squareRoot())
    while speed > 130 {
      fall.impacts.append((time, speed))
      speed *= elasticity
      time += 2 * speed / gravity
    }
    fall.still = time
    return fall
  }

  private func place(_ fall: Fall, _ time: Double) -> Vector {
    let height = Double(fall.from.z - radius)
    var z = 0.0
    if time < fall.release {
      z = height
    } else if let last = fall.impacts.lastIndex(where: { $0.time <= time }) {
      let next = last + 1 < fall.impacts.count ? fall.impacts[last + 1].time : fall.still
      if time < next {
        let (t, v) = (time - fall.impacts[last].time, (next - fall.impacts[last].time) * Self.gravity / 2)
        z = v * t - Self.gravity * t * t / 2
      }
    } else {
      let t = time - fall.release
      z = height - Self.gravity * t * t / 2
    }
    // Rolling friction takes the rest within a second.
    let moving = max(0, min(time, fall.still) - fall.release) + 0.4 * (1 - exp(-max(0, time - fall.still) / 0.4))
    return [fall.from.x + fall.velocity.x * Float(moving), fall.from.y, radius + Float(max(0, z))]
  }

  func backdrop(_ brush: Brush) {
    setting.backdrop(brush, depth: 1500)
    let h = board.half
    brush.disc([0, 0, 1], h.x * 1.05, [1, 0, 0], [0, h.y / h.x, 0], .zero, alpha: 0.25)
    brush.box([-h.x, -h.y, 0], [h.x, h.y, h.z], board.colour)
    guard material == .wood else { return }
    for index in -4...4 {
      let y = Float(index) * h.y / 5
      brush.sheet(
        [[-h.x, y, h.z], [h.x, y, h.z], [h.x, y + 5, h.z], [-h.x, y + 5, h.z]], board.colour * 0.6, alpha: 0.5)
    }
  }

  func draw(_ brush: Brush, at time: Double) {
    let top = board.half.z
    for (index, fall) in falls.enumerated() where index == 0 || time > fall.release - 0.4 {
      let centre = place(fall, time) + [0, 0, top]
      brush.shadow(centre, radius, floor: top)
      // A hand brings it, and goes.
      let gone = Float(max(0, time - fall.release) + max(0, fall.release - 0.25 - time) * (index == 0 ? 0 : 1))
      let hand = fall.from + [0, 0, top] + Vector(0.5, 0, 0.7) * (gone * gone * 5200)
      if gone < 0.8 {
        brush.limb(hand + [0, 20, radius], 26, hand + [330, 40, radius + 420], 42, setting.look.skin)
      }
      let turn = Float(time * 3) + Float(index)
      brush.ball(centre, radius, colour)
      let towards = Vector(cosf(turn), -0.8, sinf(turn)).unit
      brush.disc(
        centre + towards * radius * 0.8, radius * 0.3, towards.cross([0, 0, 1]).unit,
        towards.cross(towards.cross([0, 0, 1])).unit, spot, alpha: 0.8)
    }
  }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    var chance = Chance(seed: seed)
    for event in events {
      body.strike(&sound, at: event.time, velocity: 5 * event.strength, &chance)
      if ball == .rubber || ball == .plastic {
        hollow.strike(&sound, at: event.time, velocity: 5 * event.strength, gain: 1.5, &chance)
      }
    }
    return sound
  }

  var category: String { "ball on \(material.rawValue)" }

  var wording: Wording {
    let balls: [String] =
      switch ball {
      case .rubber: ["a rubber ball", "a ball", "a bouncy ball", "a small rubber ball"]
      case .steel: ["a steel ball", "a metal ball", "a heavy ball bearing", "an iron ball"]
      case .wooden: ["a wooden ball", "a ball of wood", "a ball"]
      case .plastic: ["a plastic ball", "a hollow plastic ball", "a ball"]
      }
    let grounds: [String] =
      switch material {
      case .wood: ["a wooden board", "wood", "a wooden table", "a plank"]
      case .metal: ["a metal plate", "metal", "a sheet of steel", "an iron plate"]
      case .stone: ["a stone slab", "stone", "a tile", "a stone floor"]
      }
    return Wording(
      [
        "{ball} bounces on {ground}", "{ball} is dropped on {ground} and bounces until it lies still",
        "{ball} falls on {ground} and bounces", "the sound of {ball} bouncing on {ground}",
        "{ball} dropped on {ground}, bounces getting faster and softer", "quickening bounces of {ball} on {ground}",
        "bouncing ball, \(material.rawValue)",
      ], ["ball": balls, "ground": grounds])
  }
}
