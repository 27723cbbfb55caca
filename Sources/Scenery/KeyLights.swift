// KeyLights: lights the keys that are down in a picture of a keyboard, so that anybody sees what was read from it.
import Keyboards
import Pictures
import Score

/// The keys of one place, in pictures of one size.
public struct KeyLights {
  private let outlines: [Int: [SIMD2<Float>]]
  private let edge: [SIMD2<Float>]
  private let width: Int, height: Int

  public init(_ place: KeyboardPlace, width: Int, height: Int) throws(KeyboardPlaceError) {
    let plane = try KeyboardPlane(place, width: width, height: height)
    let geometry = KeyboardGeometry.full
    var outlines: [Int: [SIMD2<Float>]] = [:]
    for key in place.keys where geometry.keys.contains(key) {
      outlines[key] = geometry.outline(key).compactMap { plane.point($0) }
    }
    let ends = KeyboardPlane.extent(place.keys)
    let length = KeyboardGeometry.whiteLength
    // Enough corners for a lens to bend the long edges.
    let along = (0...24).map { ends.lowerBound + Float($0) / 24 * (ends.upperBound - ends.lowerBound) }
    edge = (along.map { SIMD2($0, 0) } + along.reversed().map { SIMD2($0, length) }).compactMap { plane.point($0) }
    (self.outlines, self.width, self.height) = (outlines, width, height)
  }

  /// A copy of a picture with the outline of every key, white ones blue, black ones orange, and the names of all C.
  public func outlined(_ picture: Picture) -> Canvas {
    let canvas = Canvas(picture)
    for (key, outline) in outlines.sorted(by: { $0.key < $1.key }) {
      let isBlack = KeyboardGeometry.isBlack(key)
      canvas.outline(outline, isBlack ? [1, 0.55, 0] : [0.1, 0.65, 1], width: 1)
      guard key % 12 == 0 else { continue }
      canvas.fill(outline, [0.1, 0.85, 0.2], alpha: key == 60 ? 0.55 : 0.25)
      let foot = (outline[0] + outline[1]) / 2
      let size = Float(max(width, height)) / 70
      canvas.text("C\(key / 12 - 1)", at: foot + [-0.6 * size, 1.3 * size], size: size, [0.1, 0.85, 0.2])
    }
    canvas.outline(edge, [0.2, 0.9, 1], width: 2)
    return canvas
  }

  /// A copy of a picture with the keyboard's edge and the notes that sound at `time`: bright as they are struck, orange where
  /// they are doubtful; and a bar for the sustain pedal.
  ///
  /// - Parameter notes: those that are down then, and whether each is doubtful.
  public func lit(_ picture: Picture, at time: Double, notes: [(note: Note, isDoubtful: Bool)], sustain: UInt8)
    -> Picture
  {
    let canvas = Canvas(picture)
    canvas.outline(edge, [0.2, 0.9, 1], width: 1.5)
    for (note, isDoubtful) in notes {
      guard let outline = outlines[Int(note.key)] else { continue }
      let colour: Colour = isDoubtful ? [1, 0.5, 0] : [0.1, 0.85, 0.2]
      let age = Float(min(max(time - note.start, 0) / 0.3, 1))
      canvas.fill(outline, colour, alpha: 0.85 - 0.35 * age)
      canvas.outline(outline, colour, width: 1.5)
    }
    if sustain > 0 {
      let bar = Float(width) * Float(sustain) / 127
      let foot = Float(height)
      canvas.fill([[0, foot - 8], [bar, foot - 8], [bar, foot], [0, foot]], [0.2, 0.9, 1], alpha: 0.7)
    }
    return canvas.picture
  }
}
