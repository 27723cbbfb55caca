// KeyboardPainter: the keys as they stand, the farthest first: white ones, the shadows upon them, then black ones.
import Keyboards
import Score

/// Draws a keyboard for one camera.
struct KeyboardPainter {
  private struct Key {
    let key: Int
    let index: Int
    let outline: [SIMD2<Float>]
    let centre: Float
    /// Of its own colour: stains and age.
    let tint: Float
  }

  private let geometry: KeyboardGeometry
  private let brush: Brush
  private let whites: [Key], blacks: [Key]
  /// How far the front of a white key reaches down.
  private static let body: Float = 22

  init(_ geometry: KeyboardGeometry, _ brush: Brush) {
    self.geometry = geometry
    self.brush = brush
    var chance = Chance(seed: brush.look.seed)
    let all = geometry.keys.enumerated().map { index, key in
      Key(
        key: key, index: index, outline: geometry.outline(key), centre: geometry.centre(key),
        tint: 1 - Float(abs(chance.normal(0.012 + 0.05 * Double(brush.look.wear)))))
    }.sorted { abs($0.centre - brush.camera.position.x) > abs($1.centre - brush.camera.position.x) }
    whites = all.filter { !KeyboardGeometry.isBlack($0.key) }
    blacks = all.filter { KeyboardGeometry.isBlack($0.key) }
  }

  /// - Parameters:
  ///   - depths: of each key from the lowest, 0…1.
  ///   - shadows: draws what lies on the white keys, before the black ones.
  func draw(_ depths: [Float], shadows: () -> Void) {
    let (w, back) = (geometry.width, KeyboardGeometry.whiteLength)
    brush.canvas.fill(
      brush.camera.polygon([[0, 0, -14], [w, 0, -14], [w, back, -14], [0, back, -14]], step: 100),
      Colour(repeating: 0.045))
    for key in whites { white(key, depths) }
    blackShadows(depths)
    shadows()
    brush.face(
      [[0, back - 2, 2], [w, back - 2, 2], [w, back + 3, 3], [0, back + 3, 3]], brush.look.felt, [0, -0.3, 0.95],
      step: 100)
    for key in blacks { black(key, depths[key.index]) }
  }

  private func depth(_ key: Int, _ depths: [Float]) -> Float? {
    geometry.keys.contains(key) ? depths[key - geometry.keys.lowerBound] : nil
  }

  private func white(_ key: Key, _ depths: [Float]) {
    let (look, depth) = (brush.look, depths[key.index])
    func top(_ point: SIMD2<Float>) -> Vector { [point.x, point.y, -KeyboardGeometry.sink(depth, at: point.y)] }
    let half = (KeyboardGeometry.pitch - KeyboardGeometry.gap) / 2
    let shoulder = KeyboardGeometry.whiteLength - KeyboardGeometry.blackLength
    // The cheek that a lowered neighbour uncovers.
    for side: Float in [-1, 1] {
      let step = KeyboardGeometry.isBlack(key.key + Int(side)) ? 2 : 1
      let beside = self.depth(key.key + Int(side) * step, depths) ?? 1
      let x = key.centre + side * half
      guard beside > depth + 0.02, brush.sees([x, 0, 0], [side, 0, 0]) else { continue }
      let (a, b) = (top([x, 0]), top([x, shoulder]))
      brush.canvas.fill(
        brush.camera.polygon([a, b, b - [0, 0, Self.body], a - [0, 0, Self.body]]), look.ivory * 0.5 * look.ambient)
    }
    let front = top([key.centre, 0])
    let (a, b) = (front - [half, 0, 0], front + [half, 0, 0])
    brush.face(
      [a, b, b - [0, 0, Self.body], a - [0, 0, Self.body]], look.ivory * (0.86 * key.tint), [0, -1, 0])
    brush.face(key.outline.map(top), look.ivory * (key.tint * (1 - 0.07 * depth)), [0, 0, 1])
    guard depth > 0.02 else { return }
    // The shade of the higher neighbour on the lamp's side, and a little of it on the other.
    let slant = (look.lamp.x - key.centre) / look.lamp.z
    for side: Float in [-1, 1] {
      let step = KeyboardGeometry.isBlack(key.key + Int(side)) ? 2 : 1
      let fall = KeyboardGeometry.sink(max(0, depth - (self.depth(key.key + Int(side) * step, depths) ?? 0)), at: 0)
      let reach = min(fall * max(0.3, side * slant * 1.4), 0.6 * half)
      guard reach > 0.2 else { continue }
      let x = key.centre + side * half
      let strip = [top([x, 0]), top([x, shoulder]), top([x - side * reach, shoulder]), top([x - side * reach, 0])]
      brush.canvas.fill(brush.camera.polygon(strip), Colour(repeating: 0.02), alpha: 0.42 * (1.2 - look.ambient))
    }
  }

  private func blackShadows(_ depths: [Float]) {
    let look = brush.look
    for shift: Float in [-0.35, 0.35] {
      let lamp = look.lamp + [shift * look.lampSize, 0, 0]
      let shadows = blacks.map { key -> [SIMD2<Float>] in
        let height = KeyboardGeometry.blackHeight - KeyboardGeometry.dip * depths[key.index] * 0.6
        let cast = key.outline.map { foot -> SIMD2<Float> in
          let top = Vector(foot.x, foot.y, height)
          let place = top + (top - lamp) * (height / (lamp.z - height))
          return [place.x, place.y]
        }
        return brush.camera.polygon(hull(key.outline + cast).map { [$0.x, $0.y, 0] })
      }
      let area = brush.camera.polygon(geometry.corners, step: 100)
      brush.canvas.clipped(to: area) {
        brush.canvas.fill(union: shadows, Colour(repeating: 0.02), alpha: 0.36 * (1.2 - look.ambient))
      }
    }
  }

  private func black(_ key: Key, _ depth: Float) {
    let (back, slope) = (KeyboardGeometry.whiteLength, KeyboardGeometry.blackSlope)
    let shoulder = back - KeyboardGeometry.blackLength
    func point(_ side: Float, _ y: Float, isTop: Bool) -> Vector {
      let half = (isTop ? KeyboardGeometry.blackTop : KeyboardGeometry.blackFoot) / 2
      let z = (isTop ? KeyboardGeometry.blackHeight : -6) - KeyboardGeometry.sink(depth, at: y)
      return [key.centre + side * half, y, z]
    }
    let colour = brush.look.ebony * (0.6 + 0.4 * key.tint)
    for side: Float in brush.camera.position.x < key.centre ? [1, -1] : [-1, 1] {
      brush.face(
        [
          point(side, shoulder, isTop: false), point(side, back, isTop: false), point(side, back, isTop: true),
          point(side, shoulder + slope, isTop: true),
        ], colour, [side * 0.99, 0, 0.12])
    }
    brush.face(
      [
        point(-1, shoulder, isTop: false), point(1, shoulder, isTop: false), point(1, shoulder + slope, isTop: true),
        point(-1, shoulder + slope, isTop: true),
      ], colour + 0.05, [0, -0.9, 0.44])
    let top = [
      point(-1, shoulder + slope, isTop: true), point(1, shoulder + slope, isTop: true), point(1, back, isTop: true),
      point(-1, back, isTop: true),
    ]
    brush.face(top, colour + 0.07, [0, 0, 1])
    // What is polished mirrors the lamp along its middle.
    let inset = top.map { mix($0, (top[0] + top[2]) / 2, 0.35) }
    brush.face(inset, colour + 0.17, [0, 0, 1], alpha: 0.6)
  }
}
