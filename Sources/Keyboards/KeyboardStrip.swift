// KeyboardStrip: the keys as if a still camera hung straight above them: grey pictures become strips of all 88 keys.
// A0 begins at the left edge and C8 ends at the right one, the backs of the keys are at the top.
import Pictures

/// Cuts strips out of the pictures of one camera. A table says once and for all which points make a cell of the strip.
public struct KeyboardStrip: Sendable {
  /// Cells: columns of 1225/width mm, rows of (inFront + 150 + behind)/height mm.
  public let width: Int, height: Int
  /// Of the pictures that are cut.
  public let pictureWidth: Int, pictureHeight: Int
  /// What is seen before the front of the white keys and behind their ends, mm.
  public let inFront: Float, behind: Float

  /// The points of cell i are `points[starts[i]..<starts[i + 1]]`; their weights add up to 2¹⁴, or there are none.
  private let starts: [Int32], points: [Int32]
  private let weights: [UInt16]
  private static let one: Float = 16384

  /// - Parameters:
  ///   - place: of the keyboard in pictures of `pictureWidth` × `pictureHeight` points.
  ///   - width: cells of a strip, `height` likewise.
  ///   - inFront: millimetres of what lies before the keys, `behind` of what lies behind them.
  /// - Throws: where the place is none in such pictures.
  public init(
    _ place: KeyboardPlace, pictureWidth: Int, pictureHeight: Int, width: Int, height: Int, inFront: Float = 10,
    behind: Float = 10
  ) throws(KeyboardPlaceError) {
    precondition(
      width > 0 && height > 0 && inFront + behind > -KeyboardGeometry.whiteLength,
      "a strip of \(width) × \(height) cells with \(inFront) and \(behind) mm around")
    guard 1...65535 ~= pictureWidth, 1...65535 ~= pictureHeight else {
      throw KeyboardPlaceError(
        expected: "pictures of 1…65535 points a side", found: "\(pictureWidth) × \(pictureHeight)")
    }
    (self.width, self.height, self.inFront, self.behind) = (width, height, inFront, behind)
    (self.pictureWidth, self.pictureHeight) = (pictureWidth, pictureHeight)
    var table = Table(
      plane: try KeyboardPlane(place, width: pictureWidth, height: pictureHeight), width: pictureWidth,
      height: pictureHeight)
    let cell = SIMD2(
      KeyboardGeometry.full.width / Float(width), (inFront + KeyboardGeometry.whiteLength + behind) / Float(height))
    let seen = KeyboardPlane.extent(place.keys)
    for row in 0..<height {
      let y = KeyboardGeometry.whiteLength + behind - (Float(row) + 0.5) * cell.y
      for column in 0..<width {
        let x = (Float(column) + 0.5) * cell.x
        if seen.contains(x) { table.gather([x, y], cell) }
        table.close()
      }
    }
    (starts, points, weights) = (table.starts, table.points, table.weights)
  }

  /// The column in which a key's middle lies, as a number with a fraction: its left edge is that of column 0.
  public func column(of key: Int) -> Float {
    KeyboardGeometry.full.centre(key) / KeyboardGeometry.full.width * Float(width)
  }

  /// The row of what lies `millimetres` behind the front of the white keys: the upper edge of row 0 is 0.
  public func row(at millimetres: Float) -> Float {
    (KeyboardGeometry.whiteLength + behind - millimetres) / (inFront + KeyboardGeometry.whiteLength + behind)
      * Float(height)
  }

  /// The strip, `width · height` bytes, row after row. Keys that the place has not, and what lies outside the picture, are 0.
  ///
  /// - Parameter picture: grey, of the size that was stated.
  public func callAsFunction(_ picture: Picture) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height) { cells, count in
      cut(picture, into: cells)
      count = width * height
    }
  }

  /// The same, into memory that is there already. Allocates nothing.
  public func cut(_ picture: Picture, into cells: UnsafeMutableBufferPointer<UInt8>) {
    precondition(
      picture.colours == .grey && picture.width == pictureWidth && picture.height == pictureHeight
        && cells.count >= width * height,
      "a \(picture.colours) picture of \(picture.width) × \(picture.height), expected grey, \(pictureWidth) × \(pictureHeight)"
    )
    picture.bytes.withUnsafeBufferPointer { bytes in
      starts.withUnsafeBufferPointer { starts in
        points.withUnsafeBufferPointer { points in
          weights.withUnsafeBufferPointer { weights in
            var tap = Int(starts[0])
            for cell in 0..<width * height {
              let end = Int(starts[cell + 1])
              var sum: UInt32 = 1 << 13
              while tap < end {
                sum &+= UInt32(bytes[Int(points[tap])]) &* UInt32(weights[tap])
                tap &+= 1
              }
              cells[cell] = end == Int(starts[cell]) ? 0 : UInt8(truncatingIfNeeded: sum >> 14)
            }
          }
        }
      }
    }
  }

  /// Collects the points of one cell after another.
  private struct Table {
    let plane: KeyboardPlane
    let width: Int, height: Int
    var starts: [Int32] = [0], points: [Int32] = []
    var weights: [UInt16] = []
    private var taps: [(point: Int32, weight: Float)] = []

    init(plane: KeyboardPlane, width: Int, height: Int) {
      (self.plane, self.width, self.height) = (plane, width, height)
    }

    /// The mean over a cell: as many looks a side as the cell has points there, each between four points.
    mutating func gather(_ middle: SIMD2<Float>, _ cell: SIMD2<Float>) {
      guard let seen = plane.point(middle), isInside(seen),
        let right = plane.point(middle + [cell.x, 0]), let up = plane.point(middle + [0, cell.y])
      else { return }
      let (across, along) = (looks(right - seen), looks(up - seen))
      taps.removeAll(keepingCapacity: true)
      for row in 0..<along {
        for column in 0..<across {
          let share = (SIMD2(Float(column), Float(row)) + 0.5) / SIMD2(Float(across), Float(along)) - 0.5
          if let point = plane.point(middle + share * cell) { look(point) }
        }
      }
      settle()
    }

    mutating func close() { starts.append(Int32(points.count)) }

    private func isInside(_ point: SIMD2<Float>) -> Bool {
      point.x >= 0 && point.y >= 0 && point.x < Float(width) && point.y < Float(height)
    }

    private func looks(_ step: SIMD2<Float>) -> Int {
      let length = (step * step).sum().squareRoot()
      return length < 16 ? max(1, Int((length - 0.01).rounded(.up))) : 16
    }

    /// Between the four nearest points; at the edge, the nearest inside.
    private mutating func look(_ point: SIMD2<Float>) {
      let p = (point - 0.5).clamped(lowerBound: .zero, upperBound: SIMD2(Float(width - 1), Float(height - 1)))
      let (x, y) = (min(Int(p.x), max(width - 2, 0)), min(Int(p.y), max(height - 2, 0)))
      let (u, v) = (p.x - Float(x), p.y - Float(y))
      for (dx, dy, weight) in [(0, 0, (1 - u) * (1 - v)), (1, 0, u * (1 - v)), (0, 1, (1 - u) * v), (1, 1, u * v)]
      where weight > 0 {
        let point = Int32((y + dy) * width + x + dx)
        if let known = taps.firstIndex(where: { $0.point == point }) {
          taps[known].weight += weight
        } else {
          taps.append((point, weight))
        }
      }
    }

    /// Whole weights that add up; what rounding leaves goes to the heaviest.
    private mutating func settle() {
      let sum = taps.reduce(0) { $0 + $1.weight }
      guard sum > 0 else { return }
      let first = weights.count
      var (left, heaviest) = (Int(KeyboardStrip.one), first)
      for tap in taps {
        let weight = Int((tap.weight / sum * KeyboardStrip.one).rounded())
        guard weight > 0 else { continue }
        left -= weight
        points.append(tap.point)
        weights.append(UInt16(weight))
        if weights.last! > weights[heaviest] { heaviest = weights.count - 1 }
      }
      weights[heaviest] = UInt16(Int(weights[heaviest]) + left)
    }
  }
}
