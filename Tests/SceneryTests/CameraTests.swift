// CameraTests: points of the keyboard fall where the lens puts them, and come back from there.
import Foundation
import Keyboards
import Scenery
import Testing

@Suite struct CameraTests {
  /// Where the ray of a pixel meets the keys' plane, found by undoing what a lens does in the order it does it.
  static func keysPlane(_ camera: Camera, _ pixel: SIMD2<Float>) -> Vector {
    var p = pixel
    let size = SIMD2(Float(camera.width), Float(camera.height))
    if camera.upsideDown { p = size - p }
    if camera.mirrored { p.x = size.x - p.x }
    let bent = (p - size / 2) / camera.focal
    var straight = bent
    for _ in 0..<200 {
      let r2 = (straight * straight).sum()
      straight = bent / (1 + camera.k1 * r2 + camera.k2 * r2 * r2)
    }
    let ray = camera.right * straight.x + camera.down * straight.y + camera.forward
    return camera.position - ray * (camera.position.z / ray.z)
  }

  @Test(arguments: FilmView.allCases, [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func `The corners of the keyboard come back from the picture`(view: FilmView, seed: UInt64) throws {
    var options = RigOptions()
    (options.mirrored, options.upsideDown) = (seed % 2 == 0, seed % 3 == 0)
    let camera = FilmCamera(view, geometry: .full, seed: seed, options).camera
    for corner in KeyboardGeometry.full.corners {
      guard let pixel = camera.project(corner) else { continue }
      // What lies far outside the picture is beyond what the lens is said to do.
      guard (-200...700).contains(pixel.x), (-200...500).contains(pixel.y) else { continue }
      let back = Self.keysPlane(camera, pixel)
      #expect(abs(back.x - corner.x) < 1 && abs(back.y - corner.y) < 1, "\(view) \(corner) \(back)")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  func `The top camera sees the whole keyboard, the bass on the left; a cropped one five octaves`(seed: UInt64) throws {
    let corners = try KeyboardGeometry.full.corners.map {
      try #require(FilmCamera(.top, geometry: .full, seed: seed).camera.project($0))
    }
    #expect(corners.allSatisfy { (0...480).contains($0.x) && (0...270).contains($0.y) }, "\(corners)")
    #expect(corners[1].x - corners[0].x > 300 && corners[0].y > corners[3].y)
    var options = RigOptions()
    options.isCropped = true
    let camera = FilmCamera(.top, geometry: .full, seed: seed, options).camera
    let keys = KeyboardGeometry.full.keys.filter { key in
      let pixel = camera.project([KeyboardGeometry.full.centre(key), 20, 0])
      return pixel.map { (0...480).contains($0.x) } ?? false
    }
    #expect((55...80).contains(keys.count), "\(keys.count)")
    options.mirrored = true
    let mirrored = FilmCamera(.top, geometry: .full, seed: seed, options).camera
    #expect(mirrored.project([600, 0, 0])!.x > mirrored.project([700, 0, 0])!.x)
  }

  @Test func `The matrix is the camera without its lens, and what is behind is not seen`() throws {
    let camera = Camera(
      width: 640, height: 360, position: [300, -400, 500], target: [600, 50, 0], roll: 0.1, fieldOfView: 60)
    let point: Vector = [512, 33, 12]
    let pixel = try #require(camera.project(point))
    let rows = camera.matrix.map { $0[0] * point.x + $0[1] * point.y + $0[2] * point.z + $0[3] }
    #expect(abs(rows[0] / rows[2] - pixel.x) < 1e-2 && abs(rows[1] / rows[2] - pixel.y) < 1e-2)
    #expect(camera.project([0, -900, 1000]) == nil)
    let middle = try #require(camera.project([600, 50, 0]))
    #expect(abs(middle.x - 320) < 1e-2 && abs(middle.y - 180) < 1e-2)
  }
}
