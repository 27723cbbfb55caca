// Lens: how a real lens bends what a pinhole would show straight: seen = middle + (1 + bend·r²)·(straight − middle),
// r the distance from the picture's middle in halves of its diagonal, so that r = 1 in its corners.

/// The lens before a picture of one size.
struct Lens: Sendable {
  private let middle: SIMD2<Float>
  /// 1 / (half a diagonal)².
  private let unit: Float
  private let bend: Float
  /// The r² beyond which a lens that pulls inwards pulls no further: it would fold the picture.
  private let limit: Float

  init(bend: Float, width: Int, height: Int) {
    middle = SIMD2(Float(width), Float(height)) / 2
    unit = 1 / max((middle * middle).sum(), 1)
    self.bend = bend
    limit = bend < 0 ? -0.25 / bend : .infinity
  }

  func seen(_ straight: SIMD2<Float>) -> SIMD2<Float> {
    guard bend != 0 else { return straight }
    let p = straight - middle
    return middle + p * (1 + bend * min((p * p).sum() * unit, limit))
  }

  /// The way back, to a thousandth of a point: t·(1 + bend·t²) = r, by Newton's method.
  func straight(_ seen: SIMD2<Float>) -> SIMD2<Float> {
    let p = seen - middle
    let r = ((p * p).sum() * unit).squareRoot()
    guard bend != 0, r > 0 else { return seen }
    let edge = limit.squareRoot()
    if r >= 0.75 * edge { return middle + p / 0.75 }
    var t = bend < 0 ? r / 0.9 : r / (1 + bend * r * r)
    for _ in 0..<12 { t -= (t + bend * t * t * t - r) / (1 + 3 * bend * t * t) }
    return middle + p * (t / r)
  }
}
