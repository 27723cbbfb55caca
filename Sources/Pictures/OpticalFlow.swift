// OpticalFlow: how far each point of a picture has moved in the next one, by what paraboloids say, from coarse to fine.
// Farnebäck 2003, sections 3 and 4, with OpenCV's settings, since AV-Align was defined by its `calcOpticalFlowFarneback`.
import Glibc

/// Displacements, pixels.
public struct OpticalFlow: Sendable {
  public let width: Int, height: Int
  /// To the right and downwards, row after row.
  public let x: [Float], y: [Float]

  /// Three halvings, none below 32 points; three rounds at each size; means over 15 × 15 points.
  ///
  /// - Precondition: pictures of one size, at least one point.
  public init(from first: Picture, to second: Picture) {
    precondition(
      first.width == second.width && first.height == second.height && first.width > 0 && first.height > 0,
      "\(first.width) × \(first.height) points beside \(second.width) × \(second.height)")
    let whole = [Plane(first), Plane(second)]
    let smallest = min(first.width, first.height)
    let levels = (1...3).prefix { Double(smallest) * pow(0.5, Double($0)) >= 32 }.count
    var flow: (x: Plane, y: Plane)?
    for level in stride(from: levels, through: 0, by: -1) {
      let scale = pow(0.5, Double(level))
      let (wide, high) = (Self.rounded(Double(first.width) * scale), Self.rounded(Double(first.height) * scale))
      let kernel = Self.kernel(deviation: (1 / scale - 1) / 2)
      let parts = whole.map { PolynomialExpansion($0.blurred(kernel).resized(width: wide, height: high)) }
      let none = Plane(width: wide, height: high, [Float](repeating: 0, count: wide * high))
      var (x, y) = (none, none)
      if let flow {
        (x, y) = (flow.x.resized(width: wide, height: high), flow.y.resized(width: wide, height: high))
        for index in x.values.indices {
          x.values[index] *= 2
          y.values[index] *= 2
        }
      }
      for _ in 0..<3 { Self.refine(&x.values, &y.values, parts[0], parts[1]) }
      flow = (x, y)
    }
    (width, height) = (first.width, first.height)
    (x, y) = (flow!.x.values, flow!.y.values)
  }

  /// The mean length of all displacements.
  public var meanLength: Double {
    zip(x, y).reduce(0) { $0 + Double(($1.0 * $1.0 + $1.1 * $1.1).squareRoot()) } / Double(width * height)
  }

  /// Halves to the even number.
  private static func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }

  /// A normal window of about five deviations; of none ¼, ½, ¼.
  private static func kernel(deviation: Double) -> [Float] {
    guard deviation > 0 else { return [0.25, 0.5, 0.25] }
    let reach = max(3, rounded(5 * deviation) | 1) / 2
    let powers = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }

  /// With A = (A₁ + A₂)/2 and b = (b₁ − b₂)/2 + A·d, both pictures' where d leads from one to the other, a better d solves
  /// Σ AᵀA·d = Σ Aᵀb over the points around.
  private static func refine(
    _ x: inout [Float], _ y: inout [Float], _ one: PolynomialExpansion, _ other: PolynomialExpansion
  ) {
    var sums = products(x, y, one, other)
    average(&sums, one.width, one.height)
    for point in x.indices {
      let (yy, xy, xx) = (sums[5 * point], sums[5 * point + 1], sums[5 * point + 2])
      let (down, right) = (sums[5 * point + 3], sums[5 * point + 4])
      let determinant = 1 / (yy * xx - xy * xy + 1e-3)
      x[point] = (yy * right - xy * down) * determinant
      y[point] = (xx * down - xy * right) * determinant
    }
  }

  /// What counts less at the rim, from the outermost point on.
  private static let rim: [Float] = [0.14, 0.14, 0.4472, 0.4472, 0.4472]

  /// AᵀA (yy, xy, xx) and Aᵀb (y, x) of each point.
  private static func products(
    _ x: [Float], _ y: [Float], _ one: PolynomialExpansion, _ other: PolynomialExpansion
  ) -> [Float] {
    let (width, height) = (one.width, one.height)
    func share(_ place: Int, _ size: Int) -> Float {
      (place < rim.count ? rim[place] : 1) * (size - 1 - place < rim.count ? rim[size - 1 - place] : 1)
    }
    let columns = (0..<width).map { share($0, width) }
    return [Float](unsafeUninitializedCapacity: 5 * width * height) { result, used in
      one.values.withUnsafeBufferPointer { one in
        other.values.withUnsafeBufferPointer { other in
          for row in 0..<height {
            let rowShare = share(row, height)
            for column in 0..<width {
              let point = row * width + column
              let (dx, dy) = (x[point], y[point])
              let here = 5 * point
              var (by, bx): (Float, Float) = (0, 0)
              var (ayy, axx, axy) = (one[here + 2], one[here + 3], one[here + 4] * 0.5)
              let (toX, toY) = (Float(column) + dx, Float(row) + dy)
              if toX >= 0, toY >= 0, toX < Float(width - 1), toY < Float(height - 1) {
                let (left, top) = (Int(toX), Int(toY))
                let (right, low) = (toX - Float(left), toY - Float(top))
                let there = 5 * (top * width + left)
                let shares = ((1 - right) * (1 - low), right * (1 - low), (1 - right) * low, right * low)
                func between(_ part: Int) -> Float {
                  let at = there + part
                  return shares.0 * other[at] + shares.1 * other[at + 5] + shares.2 * other[at + 5 * width]
                    + shares.3 * other[at + 5 * width + 5]
                }
                (by, bx) = (between(0), between(1))
                ayy = (ayy + between(2)) * 0.5
                axx = (axx + between(3)) * 0.5
                axy = (one[here + 4] + between(4)) * 0.25
              }
              let share = rowShare * columns[column]
              by = share * ((one[here] - by) * 0.5 + ayy * dy + axy * dx)
              bx = share * ((one[here + 1] - bx) * 0.5 + axy * dy + axx * dx)
              (ayy, axx, axy) = (share * ayy, share * axx, share * axy)
              result[here] = ayy * ayy + axy * axy
              result[here + 1] = (ayy + axx) * axy
              result[here + 2] = axx * axx + axy * axy
              result[here + 3] = ayy * by + axy * bx
              result[here + 4] = axy * by + axx * bx
            }
          }
        }
      }
      used = 5 * width * height
    }
  }

  /// The mean over 15 × 15 points of each of five numbers a point; beyond the rim its points go on.
  private static func average(_ values: inout [Float], _ width: Int, _ height: Int) {
    let reach = 7
    let source = values
    var columns = [Double](repeating: 0, count: 5 * width)
    func add(_ row: Int, _ sign: Double) {
      let from = 5 * width * min(max(0, row), height - 1)
      for index in columns.indices { columns[index] += sign * Double(source[from + index]) }
    }
    for row in -reach..<reach { add(row, 1) }
    for row in 0..<height {
      add(row + reach, 1)
      for part in 0..<5 {
        func column(_ place: Int) -> Double { columns[5 * min(max(0, place), width - 1) + part] }
        var sum = (-reach..<reach).reduce(0) { $0 + column($1) }
        for place in 0..<width {
          sum += column(place + reach)
          values[5 * (row * width + place) + part] = Float(sum / 225)
          sum -= column(place - reach)
        }
      }
      add(row - reach, -1)
    }
  }
}
