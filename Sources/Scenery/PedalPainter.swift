// PedalPainter: the three pedals, the lyre that holds them, and the feet that work them.
import Keyboards

/// Draws what is under the keyboard for one camera.
struct PedalPainter {
  private let brush: Brush
  private let middle: Float
  private static let floor = RoomPainter.floor
  /// Between two pedals, from their hinge to their tip, above the floor, and how far a tip goes down.
  private static let spacing: Float = 68, length: Float = 125, height: Float = 62, travel: Float = 22

  init(_ geometry: KeyboardGeometry, _ brush: Brush) {
    self.brush = brush
    middle = geometry.width / 2
  }

  /// What does not move.
  func backdrop() {
    let (look, z) = (brush.look, Self.floor)
    // The key bed above, the lyre, and its box.
    brush.box([middle - 700, 0, -200], [middle + 700, 700, -130], look.wood * 0.8)
    for side: Float in [-1, 1] {
      brush.box([middle + side * 70 - 16, 100, z + 130], [middle + side * 70 + 16, 130, -200], look.wood)
    }
    brush.box([middle - 135, 66, z + 28], [middle + 135, 150, z + 135], look.wood)
    // Where nothing shines, and where the lamp does not reach.
    for pedal: Float in [-1, 0, 1] {
      let x = middle + pedal * Self.spacing
      brush.face(
        [[x - 16, 65.5, z + 36], [x + 16, 65.5, z + 36], [x + 16, 65.5, z + 84], [x - 16, 65.5, z + 84]],
        Colour(repeating: 0.02), [0, -1, 0])
      shadow(at: [x, 10, z], 16, to: [x, -50, z], 20, alpha: 0.4)
    }
    shadow(at: [middle - 130, 105, z], 40, to: [middle + 130, 105, z], 40, alpha: 0.4)
  }

  func draw(_ moment: Moment) {
    let positions = [moment.soft, moment.sostenuto, moment.sustain]
    for (index, position) in positions.enumerated() { pedal(Float(index) - 1, position) }
    let rest = middle - 190
    let over = mix(middle - Self.spacing - 8, middle - 6, moment.leftFootMiddle)
    let left = mix(rest, over, moment.leftFootReady)
    let lift = Self.drop(mix(moment.soft, moment.sostenuto, moment.leftFootMiddle))
    let feet: [(x: Float, back: Float, toe: Float, side: Float)] = [
      (left, 150 * (1 - moment.leftFootReady), mix(Self.floor + 22, lift, moment.leftFootReady), -1),
      (middle + Self.spacing + 6, 0, Self.drop(moment.sustain), 1),
    ]
    for foot in feet.sorted(by: { brush.distance([$0.x, 0, 0]) > brush.distance([$1.x, 0, 0]) }) {
      self.foot(foot.x, back: foot.back, toe: foot.toe, side: foot.side)
    }
  }

  /// The height of the middle of a sole on a pedal.
  private static func drop(_ position: Float) -> Float { floor + height + 28 - travel * position }

  private func pedal(_ place: Float, _ position: Float) {
    let x = middle + place * Self.spacing
    let (hinge, tip) = (Float(72), 72 - Self.length)
    func at(_ side: Float, _ share: Float, _ width: Float, _ thick: Float) -> Vector {
      let z = Self.floor + Self.height - Self.travel * position * share - 6 * share - thick
      return [x + side * width, mix(hinge, tip, share), z]
    }
    let brass = brush.look.brass
    let outline: [(Float, Float)] = [(0, 8), (0.45, 9), (0.72, 17), (0.92, 17), (1, 10)]
    for side: Float in [-1, 1] {
      for (a, b) in zip(outline, outline.dropFirst()) {
        brush.face(
          [at(side, a.0, a.1, 0), at(side, b.0, b.1, 0), at(side, b.0, b.1, 9), at(side, a.0, a.1, 9)], brass * 0.6,
          [side, 0, 0])
      }
    }
    brush.face([at(-1, 1, 10, 0), at(1, 1, 10, 0), at(1, 1, 10, 9), at(-1, 1, 10, 9)], brass * 0.75, [0, -1, 0])
    let top = outline.map { at(-1, $0.0, $0.1, 0) } + outline.reversed().map { at(1, $0.0, $0.1, 0) }
    brush.face(top, brass, [0, 0.1, 0.99])
    brush.face(
      [at(-0.4, 0.1, 8, 0), at(0.1, 0.1, 8, 0), at(0.1, 0.9, 15, 0), at(-0.5, 0.9, 15, 0)],
      Colour(0.98, 0.93, 0.75), [0, 0.1, 0.99], alpha: 0.55)
  }

  private func foot(_ x: Float, back: Float, toe: Float, side: Float) {
    let (look, z) = (brush.look, Self.floor)
    let heel: Vector = [x + side * 14, -262 - back, z + 34]
    let ball: Vector = [x, -62 - back, toe + 6]
    let tip: Vector = [x - side * 2, -16 - back, toe + 1]
    let ankle: Vector = [heel.x, heel.y + 22, z + 115]
    shadow(at: [heel.x, heel.y, z], 46, to: [ball.x, ball.y, z], 44, alpha: 0.4)
    brush.limb(heel - [0, 0, 12], 31, ball - [0, 0, 14], 35, look.shoes * 0.45)
    brush.limb(heel, 33, mix(heel, ball, 0.5) + [0, 0, 14], 35, look.shoes, outline: 0.6)
    brush.limb(mix(heel, ball, 0.5) + [0, 0, 14], 35, ball, 34, look.shoes)
    brush.limb(ball, 34, tip, 25, look.shoes)
    brush.limb(mix(heel, ball, 0.3) + [0, 0, 30], 28, ankle, 34, look.shoes)
    brush.limb(ankle + [0, 0, 22], 43, ankle + [0, 30, 420], 62, look.trousers, outline: 0.6)
  }

  private func shadow(at a: Vector, _ ra: Float, to b: Vector, _ rb: Float, alpha: Float) {
    guard let p = brush.camera.project(a), let q = brush.camera.project(b) else { return }
    let (s, t) = (brush.camera.scale(at: a), brush.camera.scale(at: b))
    for grown: Float in [0.5, 0.65, 0.8, 0.95, 1.1, 1.25] {
      brush.canvas.capsule(p, ra * s * grown, q, rb * t * grown, .zero, alpha: alpha / 6)
    }
  }
}
