// RoomPainter: what does not move: the room, the pianist's body, and the piano without its keys.
import Keyboards
import Score

/// Draws the surroundings of the keyboard for one camera.
struct RoomPainter {
  private let geometry: KeyboardGeometry
  private let brush: Brush
  private let view: FilmView
  static let floor: Float = -730
  /// Where the fallboard stands, and how high it is.
  static let board: Float = 154, boardHeight: Float = 95

  init(_ geometry: KeyboardGeometry, _ brush: Brush, view: FilmView) {
    (self.geometry, self.brush, self.view) = (geometry, brush, view)
  }

  /// What lies behind the keys.
  func backdrop() {
    walls()
    floorBoards()
    body()
    let (w, look) = (geometry.width, brush.look)
    if view != .front { fallboard() }
    // Key bed, cheeks and the arms of the case.
    brush.box([-75, -30, -140], [w + 75, 150, -30], look.wood * 0.8)
    for (low, high) in [(Float(-75), Float(-2)), (w + 2, w + 75)] {
      brush.box([low, -22, -30], [high, Self.board, 18], look.wood)
    }
    if look.gloss > 0.25, view != .front { reflection() }
  }

  /// What a camera under the keyboard has behind it.
  func underKeyboard() {
    walls()
    floorBoards()
  }

  /// What lies before the keys.
  func foreground() {
    let (low, high, wood) = (Float(-2), geometry.width + 2, brush.look.wood)
    brush.face(
      [[low, -24, -60], [high, -24, -60], [high, -24, -13], [low, -24, -13]], wood, [0, -1, 0], step: 100)
    brush.face([[low, -24, -13], [high, -24, -13], [high, -3, -13], [low, -3, -13]], wood, [0, 0, 1], step: 100)
    if view == .front { fallboard() }
  }

  private func walls() {
    let (canvas, look) = (brush.canvas, brush.look)
    let (right, bottom) = (Float(canvas.width), Float(canvas.height))
    canvas.fill(
      [[0, 0], [right, 0], [right, bottom], [0, bottom]], from: [0, 0], to: [right * 0.2, bottom],
      [(0, look.wall * 0.95, 1), (1, look.wall * 0.6, 1)])
    // Windows, pictures and furniture, out of focus and far away.
    var chance = Chance(seed: look.seed &+ 77)
    for _ in 0..<chance.between(2...6) {
      let (across, height) = (Float(chance.between(-1800, 1800)), Float(chance.between(-600, 900)))
      let (wide, tall) = (Float(chance.between(150, 800)), Float(chance.between(150, 900)))
      let tone = Float(chance.between(0.35, 1.5))
      let hue: Colour = [
        Float(chance.between(0.85, 1.1)), Float(chance.between(0.9, 1.05)), Float(chance.between(0.85, 1.1)),
      ]
      let corners: [Vector] = [(-1, -1), (1, -1), (1, 1), (-1, 1)].map { (x: Float, z: Float) in
        let (a, z) = (across + x * wide / 2, height + z * tall / 2)
        switch view {
        case .left: return [geometry.width + 2200, a, z]
        case .right: return [-2200, a, z]
        case .front: return [geometry.width / 2 + a, -2600, z]
        case .top, .pedal: return [geometry.width / 2 + a, 1900, z - 500]
        }
      }
      let colour = (look.wall * hue * tone).clamped(lowerBound: .zero, upperBound: .one)
      for grown: Float in [1.06, 1.03, 1] {
        let middle = (corners[0] + corners[2]) / 2
        canvas.fill(brush.camera.polygon(corners.map { middle + ($0 - middle) * grown }), colour, alpha: 0.34)
      }
    }
  }

  private func floorBoards() {
    let (look, z) = (brush.look, Self.floor)
    brush.face([[-3000, -3000, z], [4200, -3000, z], [4200, 2500, z], [-3000, 2500, z]], look.floor, [0, 0, 1])
    guard look.planks else { return }
    var chance = Chance(seed: look.seed &+ 5)
    for index in 0..<40 {
      let x = -1600 + Float(index) * 120
      let tone = Float(chance.between(0.85, 1.08))
      brush.face(
        [[x, -2500, z], [x + 117, -2500, z], [x + 117, 2000, z], [x, 2000, z]], look.floor * tone, [0, 0, 1])
    }
  }

  private func body() {
    let (look, middle) = (brush.look, geometry.width / 2)
    for side: Float in [-1, 1] {
      brush.limb(
        [middle + side * 95, -560, -150], 92, [middle + side * 120, -150, -165], 70, look.trousers, outline: 0.5)
    }
    brush.limb([middle, -600, -120], 165, [middle, -590, 210], 175, look.sleeve * 0.95)
    brush.limb([middle - 150, -575, 320], 78, [middle + 150, -575, 320], 78, look.sleeve)
    brush.limb([middle, -565, 360], 58, [middle, -545, 470], 56, look.skin * 0.9)
    brush.limb([middle, -520, 530], 84, [middle, -535, 610], 92, look.skin)
    brush.limb([middle, -570, 600], 92, [middle, -545, 650], 88, look.hair)
  }

  private func fallboard() {
    let (w, look) = (geometry.width, brush.look)
    let (y, h) = (Self.board, Self.boardHeight)
    brush.face([[-75, y, -10], [w + 75, y, -10], [w + 75, y, h], [-75, y, h]], look.wood, [0, -1, 0], step: 100)
    // The shelf behind, and on it the music.
    brush.face(
      [[-75, y, h], [w + 75, y, h], [w + 75, y + 700, h], [-75, y + 700, h]], look.wood * 1.1, [0, 0, 1], step: 100)
    brush.face(
      [[-75, y + 22, h], [w + 75, y + 22, h], [w + 75, y + 26, h], [-75, y + 26, h]], look.wood * 0.5, [0, 0, 1])
    shine()
    guard view == .top || view == .front, look.paper else { return }
    var chance = Chance(seed: look.seed &+ 9)
    let x = w / 2 + Float(chance.between(-120, 120))
    for page: Float in [-1, 1] {
      let (a, b) = (x + page * 4, x + page * 218)
      let sheet: [Vector] = [
        [a, y + 120, h + 30], [b, y + 120, h + 30], [b, y + 330, h + 220], [a, y + 330, h + 220],
      ]
      brush.face(sheet, [0.93, 0.92, 0.88], [0, -0.67, 0.74])
      for line in 0..<9 {
        let t = 0.08 + Float(line) * 0.1
        let left = mix(sheet[0], sheet[3], t)
        let right = mix(sheet[1], sheet[2], t)
        let up = (sheet[3] - sheet[0]) * 0.045
        let (p, q) = (mix(left, right, 0.06), mix(left, right, 0.94))
        brush.face([p, q, q + up, p + up], Colour(repeating: 0.45), [0, -0.67, 0.74], alpha: 0.5)
      }
    }
  }

  /// What the shelf mirrors of the lamp.
  private func shine() {
    let (w, look) = (geometry.width, brush.look)
    let (y, h) = (Self.board, Self.boardHeight)
    let mirrored: Vector = [look.lamp.x, look.lamp.y, 2 * h - look.lamp.z]
    // Where the way from the camera to the lamp's mirror image meets the shelf.
    let t = (brush.camera.position.z - h) / max(brush.camera.position.z - mirrored.z, 1)
    guard t > 0, let spot = brush.camera.project(mix(brush.camera.position, mirrored, t)) else { return }
    let shelf: [Vector] = [[-75, y, h], [w + 75, y, h], [w + 75, y + 700, h], [-75, y + 700, h]]
    brush.canvas.clipped(to: brush.camera.polygon(shelf, step: 100)) {
      let width = Float(brush.canvas.width)
      brush.canvas.glow(spot, radius: 0.5 * width, look.lampColour * 0.9, alpha: 0.25)
      brush.canvas.glow(spot, radius: (0.04 + look.lampSize / 4000) * width, .one, alpha: 0.8 * look.gloss)
    }
  }

  /// The keys once more, in the polish of the fallboard.
  private func reflection() {
    let (w, look) = (geometry.width, brush.look)
    let (y, h) = (Self.board, Self.boardHeight)
    guard brush.camera.position.y < y else { return }
    let board = brush.camera.polygon([[-75, y, 0], [w + 75, y, 0], [w + 75, y, h], [-75, y, h]], step: 100)
    brush.canvas.clipped(to: board) {
      for isBlack in [false, true] {
        for key in geometry.keys where KeyboardGeometry.isBlack(key) == isBlack {
          let height = isBlack ? KeyboardGeometry.blackHeight : 0
          let outline = geometry.outline(key).map { Vector($0.x, 2 * y - $0.y, height) }
          brush.canvas.fill(
            brush.camera.polygon(outline), isBlack ? look.ebony : look.ivory * 0.8, alpha: 0.55 * look.gloss)
        }
      }
    }
  }
}
