// Vector: points and directions of the scene, in millimetres: x towards the treble, y away from the pianist, z up.
// The origin is the front left corner of the keyboard, at the height of the white keys.

public typealias Vector = SIMD3<Float>

extension SIMD3 where Scalar == Float {
  package func dot(_ other: Self) -> Float { (self * other).sum() }
  package func cross(_ other: Self) -> Self {
    Self(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }
  package var norm: Float { dot(self).squareRoot() }
  package var unit: Self { self / Swift.max(norm, 1e-6) }
}

extension SIMD2 where Scalar == Float {
  package var norm: Float { (self * self).sum().squareRoot() }
}

/// a + (b − a)·t.
package func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
package func mix(_ a: Vector, _ b: Vector, _ t: Float) -> Vector { a + (b - a) * t }

/// 3t² − 2t³, with t held in 0…1.
package func smooth(_ t: Float) -> Float {
  let u = min(max(t, 0), 1)
  return u * u * (3 - 2 * u)
}
