// Brush: a canvas as one camera sees it: surfaces of the scene in, polygons of the picture out, in the light of a look.

/// Draws things that have places in the scene.
package struct Brush {
  package let canvas: Canvas
  package let camera: Camera
  package let look: Look

  package init(canvas: Canvas, camera: Camera, look: Look) {
    (self.canvas, self.camera, self.look) = (canvas, camera, look)
  }

  /// Whether the front of a surface is turned to the camera.
  package func sees(_ point: Vector, _ normal: Vector) -> Bool { normal.dot(camera.position - point) > 0 }

  /// A flat surface in the light; nothing when it is seen from behind.
  package func face(_ points: [Vector], _ colour: Colour, _ normal: Vector, alpha: Float = 1, step: Float = 1e9) {
    guard sees(points[0], normal) else { return }
    let middle = points.reduce(.zero, +) / Float(points.count)
    canvas.fill(camera.polygon(points, step: step), look.shade(colour, normal, at: middle), alpha: alpha)
  }

  /// The faces of a box that are turned to the camera.
  package func box(_ low: Vector, _ high: Vector, _ colour: Colour, step: Float = 200) {
    func corner(_ x: Int, _ y: Int, _ z: Int) -> Vector {
      [x == 0 ? low.x : high.x, y == 0 ? low.y : high.y, z == 0 ? low.z : high.z]
    }
    let faces: [([Vector], Vector)] = [
      ([corner(0, 0, 0), corner(1, 0, 0), corner(1, 1, 0), corner(0, 1, 0)], [0, 0, -1]),
      ([corner(0, 0, 0), corner(0, 1, 0), corner(0, 1, 1), corner(0, 0, 1)], [-1, 0, 0]),
      ([corner(1, 0, 0), corner(1, 1, 0), corner(1, 1, 1), corner(1, 0, 1)], [1, 0, 0]),
      ([corner(0, 1, 0), corner(1, 1, 0), corner(1, 1, 1), corner(0, 1, 1)], [0, 1, 0]),
      ([corner(0, 0, 0), corner(1, 0, 0), corner(1, 0, 1), corner(0, 0, 1)], [0, -1, 0]),
      ([corner(0, 0, 1), corner(1, 0, 1), corner(1, 1, 1), corner(0, 1, 1)], [0, 0, 1]),
    ]
    for (points, normal) in faces { face(points, colour, normal, step: step) }
  }

  /// A round limb between two points: bright where it is turned to the lamp.
  ///
  /// - Parameter outline: pixels of a dark line around it.
  package func limb(_ a: Vector, _ ra: Float, _ b: Vector, _ rb: Float, _ colour: Colour, outline: Float = 0) {
    guard let pa = camera.project(a), let pb = camera.project(b) else { return }
    let (wa, wb) = (ra * camera.scale(at: a), rb * camera.scale(at: b))
    if outline > 0 { canvas.capsule(pa, wa + outline, pb, wb + outline, colour * 0.25, alpha: 0.35) }
    let way = pb - pa
    let length = max(way.norm, 1e-3)
    var side = SIMD2(way.y, -way.x) / length
    if camera.upsideDown { side = -side }
    if camera.mirrored { side.x = -side.x }
    let across = camera.right * side.x + camera.down * side.y
    let middle = (a + b) / 2
    let towards = (camera.position - middle).unit
    let colours = [Float](arrayLiteral: 0.97, 0.7, 0.3, -0.1, -0.45, -0.75, -0.97).map { t in
      let normal = across * t + towards * (1 - t * t).squareRoot()
      // The edges of skin and cloth turn away from everything else, too.
      return look.shade(colour, normal, at: middle) * (1 - 0.3 * t * t * t * t)
    }
    canvas.capsule(pa, wa, pb, wb, across: colours)
  }

  /// A round thing.
  package func ball(_ centre: Vector, _ radius: Float, _ colour: Colour) {
    limb(centre, radius, centre + camera.right * 0.5, radius, colour)
  }

  /// The distance of a point.
  package func distance(_ point: Vector) -> Float { (camera.position - point).norm }
}
