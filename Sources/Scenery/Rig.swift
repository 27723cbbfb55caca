// Rig: the five cameras around a pianist, each placed by a seed as a person would place it, and never twice alike.
import Glibc
import Keyboards
import Score

/// A camera's place.
public enum FilmView: String, Sendable, Codable, CaseIterable {
  /// Above the keyboard; at its bass end; at its treble end; behind the music desk; under the keyboard.
  case top, left, right, front, pedal
}

/// What the cameras of a clip are asked to do.
public struct RigOptions: Sendable, Codable, Equatable {
  public var width = 480, height = 270
  /// The top camera sees 36 white keys only.
  public var isCropped = false
  public var mirrored = false, upsideDown = false
  /// Of the usual light, 0…1: what is dark is noisy.
  public var light: Float = 1

  public init() {}
}

/// A camera with what its sensor makes of the light.
public struct FilmCamera: Sendable, Codable, Equatable {
  public let view: FilmView
  public let camera: Camera
  public let sensor: Sensor

  /// - Parameter seed: of the clip; each view takes its own numbers from it.
  public init(_ view: FilmView, geometry: KeyboardGeometry, seed: UInt64, _ options: RigOptions = RigOptions()) {
    let number = UInt64(FilmView.allCases.firstIndex(of: view)!)
    var chance = Chance(seed: seed &* 0xA24B_AED4_963E_E407 &+ number)
    self.view = view
    func some(_ middle: Float, _ spread: Float) -> Float { middle + Float(chance.between(-1, 1)) * spread }
    let w = geometry.width
    var (position, target, up): (Vector, Vector, Vector) = (.zero, .zero, [0, 0, 1])
    var field: Float
    switch view {
    case .top:
      let seen = options.isCropped ? 36 * KeyboardGeometry.pitch : w
      let x = options.isCropped ? some(w / 2, max(0, (w - seen) / 2)) : some(w / 2, 20)
      let share = Float(chance.between(0.8, 0.97))
      position = [some(x, 40), some(70, 160), some(1250, 250)]
      target = [x, some(45, 40), 0]
      up = [0, 1, 0]
      field = 2 * atanf(seen / 2 / share / (position - target).norm) * 180 / .pi
    case .left, .right:
      position = [some(-300, 60), some(-60, 90), some(330, 90)]
      target = [some(0.36 * w, 60), some(35, 30), 0]
      field = some(56, 8)
      if view == .right { (position.x, target.x) = (w - position.x, w - target.x) }
    case .front:
      position = [some(w / 2, 55), some(330, 50), some(800, 90)]
      target = [some(w / 2, 30), some(-40, 30), 10]
      field = some(76, 5)
    case .pedal:
      let side: Float = chance.happens(0.5) ? -1 : 1
      position = [w / 2 + side * some(440, 60), some(-150, 70), some(-400, 60)]
      target = [some(w / 2, 20) - side * 20, some(-40, 20), RoomPainter.floor + 50]
      field = some(50, 6)
    }
    field = min(max(field, 20), 110)
    camera = Camera(
      width: options.width, height: options.height, position: position, target: target, up: up,
      roll: Float(chance.normal(0.012)), fieldOfView: field, k1: Float(chance.between(-0.14, 0.04)),
      k2: Float(chance.between(-0.01, 0.02)), mirrored: options.mirrored, upsideDown: options.upsideDown)
    sensor = Sensor(&chance, light: options.light * (view == .pedal ? 1.1 : 1))
  }
}
