// KeyboardGeometryTests: keys have the proportions of a real piano, and lie beside each other.
import Keyboards
import Testing

@Suite struct KeyboardGeometryTests {
  let full = KeyboardGeometry.full

  @Test func `88 keys are 1225 mm wide, and white ones follow each other at one pitch`() {
    #expect(full.whites == 52 && abs(full.width - 1225) < 1e-2)
    let whites = full.keys.filter { !KeyboardGeometry.isBlack($0) }
    #expect(whites.count == 52 && full.keys.count - whites.count == 36)
    for (index, key) in whites.enumerated() {
      #expect(abs(full.centre(key) - (Float(index) + 0.5) * 1225 / 52) < 1e-2)
    }
  }

  @Test func `Black keys stand off the middle as their tails ask: C sharp to the left, G sharp in the middle`() {
    let pitch = KeyboardGeometry.pitch
    func offset(_ key: Int) -> Float { full.centre(key) - (full.centre(key - 1) + pitch / 2) }
    #expect(abs(offset(61) + pitch / 10) < 1e-3)
    #expect(abs(offset(63) - pitch / 10) < 1e-3)
    #expect(abs(offset(66) + pitch / 7) < 1e-3)
    #expect(abs(offset(68)) < 1e-3)
    #expect(abs(offset(70) - pitch / 7) < 1e-3)
    // Every octave alike, A0's neighbour too.
    for key in full.keys where KeyboardGeometry.isBlack(key) && full.keys.contains(key + 12) {
      #expect(abs(full.centre(key + 12) - full.centre(key) - 7 * pitch) < 1e-2)
    }
  }

  @Test(arguments: [KeyboardGeometry.full, KeyboardGeometry(keys: 28...103), KeyboardGeometry(keys: 36...96)])
  func `No two keys overlap, and together they fill the keyboard but for the gaps`(geometry: KeyboardGeometry) {
    // How many keys lie over each point of a grid.
    var (covered, points) = (0, 0)
    let outlines = geometry.keys.map { geometry.outline($0) }
    for y: Float in [3, 40, 54, 60, 100, 149] {
      for step in 0..<1200 {
        let x = (Float(step) + 0.5) / 1200 * geometry.width
        let count = outlines.count { Self.contains($0, [x, y]) }
        #expect(count <= 1, "\(x), \(y)")
        covered += count
        points += 1
      }
    }
    #expect(Double(covered) / Double(points) > 0.86)
  }

  @Test func `A black key is 95 mm long, a white one 150 mm, and both end at the fallboard`() {
    let (black, white) = (full.outline(61), full.outline(60))
    #expect(black.map(\.y).min() == 55 && black.map(\.y).max() == 150)
    #expect(white.map(\.y).min() == 0 && white.map(\.y).max() == 150)
    #expect(abs(black.map(\.x).max()! - black.map(\.x).min()! - 11) < 1e-3)
  }

  /// By the crossings of a ray.
  private static func contains(_ polygon: [SIMD2<Float>], _ p: SIMD2<Float>) -> Bool {
    var inside = false
    for (index, a) in polygon.enumerated() {
      let b = polygon[(index + 1) % polygon.count]
      if (a.y > p.y) != (b.y > p.y), p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { inside.toggle() }
    }
    return inside
  }
}
