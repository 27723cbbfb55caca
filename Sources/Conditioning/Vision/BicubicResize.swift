// BicubicResize: pictures in another size, byte for byte as the Python imaging library makes them: columns first, then rows,
// each with cubic weights that widen as the picture shrinks, in whole numbers of 2⁻²², rounded to bytes in between.
// Networks that were trained on such pictures see the difference of a simpler rule.
import Pictures

/// For each point of a side: where its weights begin in the source, and the weights, in units of 2⁻²².
private struct CubicWeights {
  let first: [Int], weights: [[Int32]]

  /// - Parameter range: the points of the new side that are wanted.
  init(from old: Int, to new: Int, _ range: Range<Int>) {
    let scale = Double(old) / Double(new)
    let wide = max(1, scale)
    let support = 2 * wide
    var first: [Int] = []
    var weights: [[Int32]] = []
    for point in range {
      let centre = (Double(point) + 0.5) * scale
      let begin = max(0, Int(centre - support + 0.5))
      let end = min(old, Int(centre + support + 0.5))
      let shares = (begin..<end).map { Self.cubic((Double($0) - centre + 0.5) * (1 / wide)) }
      let sum = shares.reduce(0, +)
      first.append(begin)
      weights.append(
        shares.map { share in
          let whole = (sum == 0 ? share : share / sum) * Double(1 << 22)
          return Int32(whole < 0 ? whole - 0.5 : whole + 0.5)
        })
    }
    (self.first, self.weights) = (first, weights)
  }

  /// Keys 1981 with a = −½.
  private static func cubic(_ distance: Double) -> Double {
    let x = distance.magnitude
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
  }
}

extension Picture {
  /// The picture in another size, or a part of it, which is computed alone. What lies outside is black.
  ///
  /// - Parameters:
  ///   - width: of the whole, at least 1, as the height.
  ///   - columns: the part; all of them if nil, as the rows.
  package func resized(
    width newWidth: Int, height newHeight: Int, columns: Range<Int>? = nil, rows: Range<Int>? = nil
  ) -> Picture {
    precondition(
      width > 0 && height > 0 && newWidth > 0 && newHeight > 0, "\(width) × \(height) to \(newWidth) × \(newHeight)")
    let (columns, rows) = (columns ?? 0..<newWidth, rows ?? 0..<newHeight)
    let (inColumns, inRows) = (columns.clamped(to: 0..<newWidth), rows.clamped(to: 0..<newHeight))
    let channels = channels
    var result = Picture(width: columns.count, height: rows.count, colours: colours)
    guard !inColumns.isEmpty, !inRows.isEmpty else { return result }
    let across = newWidth == width ? nil : CubicWeights(from: width, to: newWidth, inColumns)
    let down = newHeight == height ? nil : CubicWeights(from: height, to: newHeight, inRows)

    // The rows of the source that are wanted, with their columns in the new size.
    let first = down?.first.min() ?? inRows.lowerBound
    let last = down.map { down in zip(down.first, down.weights).map { $0 + $1.count }.max()! } ?? inRows.upperBound
    let middleWidth = inColumns.count * channels
    var middle = [UInt8](repeating: 0, count: (last - first) * middleWidth)
    bytes.withUnsafeBufferPointer { source in
      middle.withUnsafeMutableBufferPointer { target in
        for row in first..<last {
          let line = source.baseAddress! + row * width * channels
          let to = target.baseAddress! + (row - first) * middleWidth
          guard let across else {
            to.update(from: line + inColumns.lowerBound * channels, count: middleWidth)
            continue
          }
          for column in 0..<inColumns.count {
            across.weights[column].withUnsafeBufferPointer { weights in
              for channel in 0..<channels {
                to[column * channels + channel] = sum(
                  weights, line + across.first[column] * channels + channel, step: channels)
              }
            }
          }
        }
      }
    }
    let (left, top) = (inColumns.lowerBound - columns.lowerBound, inRows.lowerBound - rows.lowerBound)
    middle.withUnsafeBufferPointer { source in
      result.bytes.withUnsafeMutableBufferPointer { target in
        for row in 0..<inRows.count {
          let to = target.baseAddress! + ((row + top) * columns.count + left) * channels
          guard let down else {
            to.update(from: source.baseAddress! + row * middleWidth, count: middleWidth)
            continue
          }
          down.weights[row].withUnsafeBufferPointer { weights in
            let from = source.baseAddress! + (down.first[row] - first) * middleWidth
            for at in 0..<middleWidth { to[at] = sum(weights, from + at, step: middleWidth) }
          }
        }
      }
    }
    return result
  }
}

/// A weighted sum of bytes, rounded and held to a byte.
@inline(__always)
private func sum(_ weights: UnsafeBufferPointer<Int32>, _ bytes: UnsafePointer<UInt8>, step: Int) -> UInt8 {
  var total = Int32(1 << 21)
  var at = 0
  for weight in weights {
    total &+= weight &* Int32(bytes[at])
    at += step
  }
  return UInt8(truncatingIfNeeded: max(0, min(255, total >> 22)))
}
