// Plane: one number a point, for what is computed of pictures: blurred, and brought to another size.
import Glibc

struct Plane {
  let width: Int, height: Int
  var values: [Float]

  init(width: Int, height: Int, _ values: [Float]) {
    precondition(values.count == width * height, "\(values.count) numbers for \(width) × \(height) points")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The greys of a picture, 0…255; of colours 0.299·red + 0.587·green + 0.114·blue, rounded.
  init(_ picture: Picture) {
    let bytes = picture.bytes
    switch picture.colours {
    case .grey: self.init(width: picture.width, height: picture.height, bytes.map(Float.init))
    case .rgb:
      // In 15 bits after the point, as OpenCV has it.
      let greys = stride(from: 0, to: bytes.count, by: 3).map { (at: Int) -> Float in
        let red = 9798 * Int(bytes[at])
        let green = 19235 * Int(bytes[at + 1])
        let blue = 3735 * Int(bytes[at + 2])
        return Float((red + green + blue + 16384) >> 15)
      }
      self.init(width: picture.width, height: picture.height, greys)
    }
  }

  /// Σ kernel[k]·x[i + k − reach] along rows and along columns, mirrored at the first and the last point.
  func blurred(_ kernel: [Float]) -> Plane {
    let reach = kernel.count / 2
    func mirrored(_ index: Int, _ size: Int) -> Int {
      guard size > 1 else { return 0 }
      let place = abs(index) % (2 * size - 2)
      return min(place, 2 * size - 2 - place)
    }
    let columns = (-reach..<width + reach).map { mirrored($0, width) }
    var (across, down) = (values, values)
    across.withUnsafeMutableBufferPointer { across in
      values.withUnsafeBufferPointer { values in
        for y in 0..<height {
          for x in 0..<width {
            var sum: Float = 0
            for k in kernel.indices { sum += kernel[k] * values[y * width + columns[x + k]] }
            across[y * width + x] = sum
          }
        }
      }
    }
    down.withUnsafeMutableBufferPointer { down in
      across.withUnsafeBufferPointer { across in
        for y in 0..<height {
          for x in 0..<width { down[y * width + x] = 0 }
          for k in kernel.indices {
            let (share, from) = (kernel[k], mirrored(y + k - reach, height) * width)
            for x in 0..<width { down[y * width + x] += share * across[from + x] }
          }
        }
      }
    }
    return Plane(width: width, height: height, down)
  }

  /// Straight between the four nearest points' centres, at any size; what lies beyond them is the nearest's.
  func resized(width wide: Int, height high: Int) -> Plane {
    guard (wide, high) != (width, height) else { return self }
    func places(_ size: Int, of whole: Int) -> [(from: Int, to: Int, share: Float)] {
      (0..<size).map { index in
        let place = min(max(0, (Double(index) + 0.5) * Double(whole) / Double(size) - 0.5), Double(whole - 1))
        return (Int(place), min(Int(place) + 1, whole - 1), Float(place - place.rounded(.down)))
      }
    }
    let columns = places(wide, of: width)
    let rows = places(high, of: height)
    var result: [Float] = []
    result.reserveCapacity(wide * high)
    for row in rows {
      for column in columns {
        func between(_ y: Int) -> Float {
          let (left, right) = (values[y * width + column.from], values[y * width + column.to])
          return left + column.share * (right - left)
        }
        let (upper, lower) = (between(row.from), between(row.to))
        result.append(upper + row.share * (lower - upper))
      }
    }
    return Plane(width: wide, height: high, result)
  }
}
