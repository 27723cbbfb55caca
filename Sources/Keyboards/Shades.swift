// Shades: what stands still in the pictures of a still camera, as numbers between which one can look.
// A point's shade is the median over the pictures: hands that come and go leave nothing.
import Pictures

/// A grey picture, 0 black … 255 white.
struct Shades: Sendable {
  let width: Int, height: Int
  let values: [Float]
  /// How many points of the pictures make one of these, a side.
  let factor: Int

  /// - Parameters:
  ///   - pictures: grey, all of one size.
  ///   - most: about how many points the longer side keeps.
  init(medianOf pictures: [Picture], most: Int = 960) {
    let longer = max(pictures[0].width, pictures[0].height)
    let factor = max(1, (longer + most / 2) / most)
    let (width, height) = (pictures[0].width / factor, pictures[0].height / factor)
    let small = pictures.map { Self.means($0, factor, width, height) }
    (self.width, self.height, self.factor) = (width, height, factor)
    values = small.count == 1 ? small[0] : Self.median(small)
  }

  private static func means(_ picture: Picture, _ factor: Int, _ width: Int, _ height: Int) -> [Float] {
    picture.bytes.withUnsafeBufferPointer { bytes in
      [Float](unsafeUninitializedCapacity: width * height) { means, count in
        let share = 1 / Float(factor * factor)
        for y in 0..<height {
          for x in 0..<width {
            var sum = 0
            for row in 0..<factor {
              let start = (y * factor + row) * picture.width + x * factor
              for column in 0..<factor { sum += Int(bytes[start + column]) }
            }
            means[y * width + x] = Float(sum) * share
          }
        }
        count = width * height
      }
    }
  }

  private static func median(_ pictures: [[Float]]) -> [Float] {
    let count = pictures[0].count
    return [Float](unsafeUninitializedCapacity: count) { result, filled in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: pictures.count) { sorted in
        for index in 0..<count {
          for (number, picture) in pictures.enumerated() {
            let value = picture[index]
            var place = number
            while place > 0 && sorted[place - 1] > value {
              sorted[place] = sorted[place - 1]
              place -= 1
            }
            sorted[place] = value
          }
          result[index] = (sorted[pictures.count / 2] + sorted[(pictures.count - 1) / 2]) / 2
        }
      }
      filled = count
    }
  }

  func contains(_ p: SIMD2<Float>) -> Bool {
    p.x >= 0.5 && p.y >= 0.5 && p.x <= Float(width) - 0.5 && p.y <= Float(height) - 0.5
  }

  /// Between the four nearest points; outside, the nearest inside.
  subscript(_ p: SIMD2<Float>) -> Float {
    let q = (p - 0.5).clamped(lowerBound: .zero, upperBound: SIMD2(Float(width - 1), Float(height - 1)))
    let (x, y) = (min(Int(q.x), max(width - 2, 0)), min(Int(q.y), max(height - 2, 0)))
    let (u, v) = (q.x - Float(x), q.y - Float(y))
    let (right, down) = (min(1, width - 1), height > 1 ? width : 0)
    let at = y * width + x
    let upper = values[at] + (values[at + right] - values[at]) * u
    let lower = values[at + down] + (values[at + down + right] - values[at + down]) * u
    return upper + (lower - upper) * v
  }

  /// The shade that `share` of all points are darker than, by every seventh of them.
  func quantile(_ share: Float) -> Float {
    let some = stride(from: 0, to: values.count, by: 7).map { values[$0] }.sorted()
    return some.isEmpty ? 0 : some[min(Int(share * Float(some.count)), some.count - 1)]
  }
}
