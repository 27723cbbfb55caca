// Looks: drawn pianos as a finder sees them, with what is true of them.
import Keyboards
import Pictures
import Scenery
import Score

/// A few pictures of one camera.
struct Looks {
  let pictures: [Picture]
  let camera: Camera
  let geometry: KeyboardGeometry

  /// - Parameter change: what the camera is asked for.
  init(
    _ view: FilmView = .top, seed: UInt64, width: Int = 640, keys: ClosedRange<Int> = 21...108, count: Int = 3,
    _ change: (inout RigOptions) -> Void = { _ in }
  ) {
    var options = RigOptions()
    (options.width, options.height) = (width, width * 9 / 16)
    change(&options)
    geometry = KeyboardGeometry(keys: keys)
    // Both hands wander from one end to the other.
    let notes = (0..<24).map { index in
      Note(
        key: UInt8(keys.lowerBound + index * 37 % keys.count), velocity: 80, start: 0.5 * Double(index),
        end: 0.5 * Double(index) + 0.4)
    }
    let look = Look(seed: seed, width: geometry.width)
    let filmed = FilmCamera(view, geometry: geometry, seed: seed, options)
    let filming = Filming(
      Choreography(Score(notes: notes), geometry: geometry, handSize: look.handSize, seed: look.seed), look: look,
      camera: filmed, framesPerSecond: 25)
    camera = filmed.camera
    pictures = (0..<count).map { Self.grey(filming.frame(20 + $0 * 270 / count)) }
  }

  static func grey(_ picture: Picture) -> Picture {
    let points = picture.width * picture.height
    return Picture(
      width: picture.width, height: picture.height, colours: .grey,
      bytes: (0..<points).map { index in
        let (r, g, b) = (picture.bytes[3 * index], picture.bytes[3 * index + 1], picture.bytes[3 * index + 2])
        return UInt8((Int(r) * 77 + Int(g) * 150 + Int(b) * 29) >> 8)
      })
  }

  /// How far the fronts and backs of keys lie from where they are seen, in white keys there; the greatest.
  ///
  /// - Parameter shift: how many keys too low the place counts.
  func error(_ place: KeyboardPlace, shift: Int = 0) throws -> Float {
    let plane = try KeyboardPlane(place, width: camera.width, height: camera.height)
    var worst: Float = 0
    for key in place.keys {
      for y: Float in [20, 75, 130] {
        let x = geometry.centre(key + shift)
        guard let seen = camera.project([x, y, 0]), let beside = camera.project([x + KeyboardGeometry.pitch, y, 0]),
          let told = plane.point([KeyboardGeometry.full.centre(key), y])
        else { return .infinity }
        worst = max(worst, (Self.square(told - seen) / Self.square(beside - seen)).squareRoot())
      }
    }
    return worst
  }

  private static func square(_ way: SIMD2<Float>) -> Float { (way * way).sum() }
}
