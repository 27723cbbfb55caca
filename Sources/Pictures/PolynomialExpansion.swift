// PolynomialExpansion: around every point a picture is nearly a paraboloid; which one, by weighted least squares.
// Farnebäck, *Two-frame motion estimation based on polynomial expansion*, 2003, section 2.
import Glibc

/// f(x, y) ≈ c + by·y + bx·x + ayy·y² + axx·x² + axy·x·y about each point, weighted by normal windows of 11 points and a
/// deviation of 1.2.
///
/// With w the window and its moments m₂ = Σ w·x², m₄ = Σ w·x⁴, the normal equations fall apart: bx = Σ w·x·f/m₂, axy = Σ w·x·y·f/m₂²,
/// axx = Σ w·(x² − m₂)·f/(m₄ − m₂²), and likewise in y. The window is a product, so that sums go down columns, then along rows.
struct PolynomialExpansion {
  static let reach = 5
  let width: Int, height: Int
  /// by, bx, ayy, axx, axy of each point, one after the other.
  let values: [Float]

  init(_ plane: Plane) {
    let (width, height) = (plane.width, plane.height)
    (self.width, self.height) = (width, height)
    let powers = (0...Self.reach).map { exp(-Double($0 * $0) / (2 * 1.2 * 1.2)) }
    let sum = powers.dropFirst().reduce(powers[0]) { $0 + 2 * $1 }
    let window = powers.map { Float($0 / sum) }
    func moment(_ power: Int) -> Float {
      (1...Self.reach).reduce(0) { $0 + 2 * window[$1] * Float(power == 2 ? $1 * $1 : $1 * $1 * $1 * $1) }
    }
    let (second, spread) = (moment(2), moment(4) - moment(2) * moment(2))
    // Of each column Σ w·f, Σ w·y·f, Σ w·y²·f, with the rim's points beyond the rim.
    let padded = width + 2 * Self.reach
    var sums = [Float](repeating: 0, count: 3 * padded)
    values = [Float](unsafeUninitializedCapacity: 5 * width * height) { result, used in
      plane.values.withUnsafeBufferPointer { f in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<height {
            for x in 0..<width {
              var (level, slope, bend) = (window[0] * f[y * width + x], Float(0), Float(0))
              for k in 1...Self.reach {
                let above = f[max(0, y - k) * width + x]
                let below = f[min(height - 1, y + k) * width + x]
                level += window[k] * (above + below)
                slope += window[k] * Float(k) * (below - above)
                bend += window[k] * Float(k * k) * (above + below)
              }
              let at = x + Self.reach
              (sums[at], sums[padded + at], sums[2 * padded + at]) = (level, slope, bend)
            }
            for part in stride(from: 0, to: 3 * padded, by: padded) {
              for rim in 0..<Self.reach {
                sums[part + rim] = sums[part + Self.reach]
                sums[part + padded - 1 - rim] = sums[part + padded - 1 - Self.reach]
              }
            }
            for x in 0..<width {
              let at = x + Self.reach
              var (level, slopeX, bendX) = (window[0] * sums[at], Float(0), Float(0))
              var (slopeY, twist, bendY) = (window[0] * sums[padded + at], Float(0), window[0] * sums[2 * padded + at])
              for k in 1...Self.reach {
                let both = sums[at + k] + sums[at - k]
                level += window[k] * both
                slopeX += window[k] * Float(k) * (sums[at + k] - sums[at - k])
                bendX += window[k] * Float(k * k) * both
                slopeY += window[k] * (sums[padded + at + k] + sums[padded + at - k])
                twist += window[k] * Float(k) * (sums[padded + at + k] - sums[padded + at - k])
                bendY += window[k] * (sums[2 * padded + at + k] + sums[2 * padded + at - k])
              }
              let to = 5 * (y * width + x)
              result[to] = slopeY / second
              result[to + 1] = slopeX / second
              result[to + 2] = (bendY - second * level) / spread
              result[to + 3] = (bendX - second * level) / spread
              result[to + 4] = twist / (second * second)
            }
          }
        }
      }
      used = 5 * width * height
    }
  }
}
