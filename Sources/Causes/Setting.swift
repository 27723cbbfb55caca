// Setting: where something happens and who looks at it: a room or the open air, a lamp or the sun, a camera with its sensor.
// Millimetres: x to the right, y away from the camera, z up from the floor.
import Glibc
import Scenery
import Score

/// The surroundings of a scene.
package struct Setting: Sendable {
  package let camera: Camera
  package let sensor: Sensor
  package let look: Look
  let isOutdoors: Bool
  private let sky: Colour, ground: Colour, seed: UInt64

  /// - Parameters:
  ///   - distance: of the camera from `target`, about, mm.
  ///   - height: of the camera above the floor, about, mm.
  ///   - ground: the colour of the floor, where it says what is walked on.
  init(
    _ chance: inout Chance, target: Vector, distance: Float, height: Float, field: Float, isOutdoors: Bool = false,
    ground: Colour? = nil
  ) {
    func some(_ middle: Float, _ share: Float) -> Float { middle * (1 + share * Float(chance.between(-1, 1))) }
    var look = Look(seed: chance.next())
    let far = some(distance, 0.15)
    let position: Vector = [target.x + Float(chance.between(-0.3, 0.3)) * far, target.y - far, some(height, 0.25)]
    camera = Camera(
      width: 320, height: 240, position: position, target: target + [0, 0, Float(chance.between(-0.04, 0.04)) * far],
      roll: Float(chance.normal(0.02)), fieldOfView: some(field, 0.1), k1: Float(chance.between(-0.1, 0)),
      mirrored: chance.happens(0.5))
    sensor = Sensor(&chance, light: Float(chance.between(0.8, 1.25)))
    let side = Float(chance.between(-1, 1))
    look.lamp = isOutdoors ? [9000 * side, -6000, 12000] : [target.x + 1500 * side, target.y - 700, target.z + 2200]
    let day = Float(chance.between(0.45, 0.95))
    sky = isOutdoors ? Colour(0.62, 0.74, 0.9) * day + Colour(repeating: Float(chance.between(0, 0.1))) : look.wall
    self.ground =
      ground ?? (isOutdoors ? chance.one(of: [[0.32, 0.4, 0.22], [0.45, 0.4, 0.33], [0.4, 0.4, 0.41]]) : look.floor)
    (self.look, self.isOutdoors, seed) = (look, isOutdoors, chance.next())
  }

  /// Draws walls or sky, the floor, and what stands about; the floor begins to be wall at `depth`.
  func backdrop(_ brush: Brush, depth: Float = 2500) {
    let (canvas, camera) = (brush.canvas, brush.camera)
    let (right, bottom) = (Float(canvas.width), Float(canvas.height))
    canvas.fill(
      [[0, 0], [right, 0], [right, bottom], [0, bottom]], from: [0, 0], to: [0, bottom],
      [(0, sky * (isOutdoors ? 0.8 : 0.95), 1), (1, sky * (isOutdoors ? 1.05 : 0.7), 1)])
    var chance = Chance(seed: seed)
    let depth = isOutdoors ? max(depth, 40_000) : depth
    let wide = depth + 6000
    if isOutdoors {
      // Houses and trees at the end of the ground.
      for _ in 0..<chance.between(3...9) {
        let x = Float(chance.between(-0.7, 0.7)) * depth
        let (w, h) = (Float(chance.between(0.05, 0.14)) * depth, Float(chance.between(0.03, 0.13)) * depth)
        let tone = Float(chance.between(0.25, 0.6))
        if chance.happens(0.5) {
          brush.sheet(
            [[x, depth, 0], [x + w, depth, 0], [x + w, depth, h], [x, depth, h]], [tone * 1.1, tone, tone * 0.9])
        } else {
          brush.ball([x, depth, h * 0.5], h * 0.6, [tone * 0.45, tone * 0.7, tone * 0.35])
        }
      }
    } else {
      // Pictures, windows and furniture against the wall.
      for _ in 0..<chance.between(0...4) {
        let (x, z) = (Float(chance.between(-1800, 1800)), Float(chance.between(700, 1900)))
        let (w, h) = (Float(chance.between(200, 900)), Float(chance.between(200, 800)))
        let hue: Colour = [
          Float(chance.between(0.1, 0.9)), Float(chance.between(0.1, 0.9)), Float(chance.between(0.1, 0.9)),
        ]
        brush.sheet([[x, depth, z], [x + w, depth, z], [x + w, depth, z + h], [x, depth, z + h]], hue * 0.8)
      }
    }
    let floor: [Vector] = [
      [-wide, camera.position.y - 500, 0], [wide, camera.position.y - 500, 0], [wide, depth, 0], [-wide, depth, 0],
    ]
    canvas.fill(
      camera.polygon(floor, step: 400), from: [0, bottom], to: [0, bottom * 0.4],
      [
        (0, look.shade(ground, [0, 0, 1], at: [0, 0, 0]), 1),
        (1, look.shade(ground * 0.85, [0, 0, 1], at: [0, depth, 0]), 1),
      ])
    if look.planks, !isOutdoors {
      for index in -14...14 {
        let x = Float(index) * 220
        brush.sheet([[x, -3000, 0], [x + 8, -3000, 0], [x + 8, depth, 0], [x, depth, 0]], ground * 0.6, alpha: 0.6)
      }
    } else {
      // Stains and stones, so that a floor has places.
      for _ in 0..<60 {
        let (x, y) = (Float(chance.between(-3500, 3500)), Float(chance.between(-2500, Double(min(depth, 6000)))))
        let size = Float(chance.between(10, 90))
        brush.disc([x, y, 0], size, [1, 0, 0], [0, 0.7, 0], ground * Float(chance.between(0.6, 1.25)), alpha: 0.5)
      }
    }
  }
}

extension Brush {
  /// A flat thing, in its own light, seen from both sides.
  func sheet(_ points: [Vector], _ colour: Colour, alpha: Float = 1) {
    canvas.fill(camera.polygon(points, step: 400), colour.clamped(lowerBound: .zero, upperBound: .one), alpha: alpha)
  }

  /// A round flat thing that two directions of length 1 span.
  func disc(_ centre: Vector, _ radius: Float, _ u: Vector, _ v: Vector, _ colour: Colour, alpha: Float = 1) {
    sheet(
      (0..<20).map { index in
        let angle = Float(index) * .pi / 10
        return centre + (u * cosf(angle) + v * sinf(angle)) * radius
      }, colour, alpha: alpha)
  }

  /// The shadow of a round thing, softer the higher it is.
  func shadow(_ centre: Vector, _ radius: Float, floor: Float = 0) {
    let lift = max(0, centre.z - floor)
    let spread = radius * (1 + lift / 900)
    disc([centre.x, centre.y, floor + 1], spread, [1, 0, 0], [0, 1, 0], .zero, alpha: 0.4 / (1 + lift / 250))
  }
}
