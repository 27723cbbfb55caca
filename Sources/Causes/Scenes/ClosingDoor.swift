// ClosingDoor: a door stands open, turns on its hinges, φ(u) = φ₀(1 − uᵖ), and falls shut; perhaps it is opened again.
// It is heard as a recorded door, laid so that its blow comes when the door meets its frame.
import Glibc
import Scenery
import Score

struct ClosingDoor: Cause {
  private struct Closing {
    /// When it begins to turn, and when it is shut; how far it stood open, radians; p.
    let begin: Double, shut: Double, angle: Double, power: Double
    /// When it begins to be opened before, and stands open; nil of the first.
    let opening: (from: Double, to: Double)?
    /// Radians a second when it shuts.
    var speed: Double { angle * power / (shut - begin) }
  }

  private static let fastest = 9.0
  let events: [CauseEvent]
  let setting: Setting
  private let closings: [Closing]
  private let door: Effect
  private let size: SIMD2<Float>, colour: Colour, frame: Colour, beyond: Colour
  private let panels: Int, opensToUs: Bool

  init(_ chance: inout Chance, seconds: Double, doors: [Effect]) {
    door = chance.one(of: doors)
    var closings: [Closing] = []
    var (begin, angle) = (chance.between(0.4, 1.8), chance.between(0.5, 1.5))
    var opening: (from: Double, to: Double)?
    while true {
      let shut = begin + chance.between(0.3, 1.3)
      guard shut < seconds - 0.35 else { break }
      closings.append(
        Closing(begin: begin, shut: shut, angle: angle, power: chance.between(1.4, 2.6), opening: opening))
      let from = shut + chance.between(0.6, 1.4)
      opening = (from, from + chance.between(0.6, 1.1))
      (begin, angle) = (opening!.to + chance.between(0.1, 0.8), chance.between(0.4, 1.3))
    }
    self.closings = closings
    events = closings.map { CauseEvent($0.shut, $0.speed / Self.fastest) }
    size = [Float(chance.between(760, 980)), Float(chance.between(1900, 2150))]
    let doorColours: [Colour] = [
      [0.5, 0.33, 0.2], [0.85, 0.84, 0.8], [0.2, 0.35, 0.3], [0.45, 0.14, 0.12], [0.35, 0.4, 0.5], [0.6, 0.5, 0.36],
    ]
    colour = chance.one(of: doorColours) * Float(chance.between(0.8, 1.1))
    frame = chance.one(of: [[0.9, 0.89, 0.86], [0.4, 0.27, 0.17], [0.25, 0.25, 0.27]])
    beyond = Colour(repeating: Float(chance.between(0.03, 0.3))) * [1, 0.95, 0.85]
    panels = chance.between(0...3)
    opensToUs = chance.happens(0.6)
    setting = Setting(&chance, target: [size.x / 2, 0, 1000], distance: 3300, height: 1400, field: 50)
  }

  private func angle(_ time: Double) -> Double {
    guard let next = closings.first(where: { $0.shut > time }) else { return 0 }
    if time >= next.begin { return next.angle * (1 - pow((time - next.begin) / (next.shut - next.begin), next.power)) }
    guard let opening = next.opening else { return next.angle }
    return next.angle * Double(smooth(Float((time - opening.from) / (opening.to - opening.from))))
  }

  func backdrop(_ brush: Brush) {
    setting.backdrop(brush, depth: 0)
    let (w, h) = (size.x, size.y)
    brush.sheet([[-80, 0, 0], [w + 80, 0, 0], [w + 80, 0, h + 80], [-80, 0, h + 80]], frame)
    brush.sheet([[0, 0, 0], [w, 0, 0], [w, 0, h], [0, 0, h]], beyond)
  }

  func draw(_ brush: Brush, at time: Double) {
    let turn = Float(angle(time)) * (opensToUs ? -1 : 1)
    let (w, h) = (size.x, size.y)
    let along: Vector = [cosf(turn), sinf(turn), 0]
    let normal: Vector = [along.y, -along.x, 0]
    func at(_ x: Float, _ z: Float) -> Vector { along * (x * w) + [0, 0, z * h] }
    func part(_ low: SIMD2<Float>, _ high: SIMD2<Float>, _ colour: Colour) {
      brush.sheet(
        [at(low.x, low.y), at(high.x, low.y), at(high.x, high.y), at(low.x, high.y)],
        setting.look.shade(colour, brush.sees(at(0.5, 0.5), normal) ? normal : -normal, at: at(0.5, 0.5)))
    }
    if opensToUs, turn < -0.02 {
      brush.sheet([[0, 0, 1], [w, 0, 1], along * w + [0, 0, 1]], .zero, alpha: 0.3)
    }
    part([0, 0], [1, 1], colour)
    for index in 0..<panels {
      let (low, high) = (Float(index) / Float(panels), Float(index + 1) / Float(panels))
      part([0.14, low + 0.05], [0.86, high - 0.05], colour * 0.78)
      part([0.18, low + 0.07], [0.82, high - 0.07], colour * 0.95)
    }
    brush.ball(at(0.92, 0.48) + normal * 35, 32, [0.75, 0.65, 0.35])
    if !opensToUs {
      // The wall before it.
      for (low, high) in [(Float(-80), Float(0)), (w, w + 80)] {
        brush.sheet([[low, 0, 0], [high, 0, 0], [high, 0, h + 80], [low, 0, h + 80]], frame)
      }
    }
  }

  var recordings: [Effect] { [door] }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    for event in events { sound.add(door, at: event.time, gain: event.strength) }
    return sound
  }

  var category: String { "door" }

  var wording: Wording {
    let isLoud = (events.map(\.strength).max() ?? 0) > 0.4
    return Wording(
      [
        "a door {closes}", "a door {closes} \(Wording.times(closings.count)[0])", "{who} {shuts} a door",
        "the sound of a door {closing}", "a {kind} door {closes}", "a door {closing} in a room",
        "door, \(isLoud ? "slam" : "close")",
      ],
      [
        "closes": isLoud ? ["slams", "slams shut", "bangs shut"] : ["closes", "falls shut", "is closed", "shuts"],
        "shuts": isLoud ? ["slams", "bangs"] : ["closes", "shuts"],
        "closing": isLoud ? ["slamming", "banging shut"] : ["closing", "being closed", "shutting"],
        "who": ["someone", "a person", "somebody"], "kind": ["house", "heavy", "room"],
      ])
  }
}
