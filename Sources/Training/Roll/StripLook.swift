// StripLook: how a strip could have looked, too: corners drawn otherwise, another light, lens and sensor.
// A window's frames share it, since its camera stands still.
import Conditioning
import Glibc
import Kernels

/// A change of looks, drawn for one window of one view.
package struct StripLook: Sendable {
  /// Columns and rows by which what is seen lies elsewhere, what it is stretched by, and columns more a row.
  package var shift = SIMD2<Float>(0, 0), stretch = SIMD2<Float>(1, 1), shear: Float = 0
  /// grey^gamma · contrast + brightness, greys 0…1.
  package var gamma: Float = 1, contrast: Float = 1, brightness: Float = 0
  /// What both neighbours in a row give of themselves, 0…1/3; the deviation of noise, and which noise.
  package var blur: Float = 0, noise: Float = 0, grain: Int = 0

  /// As it is.
  package static let plain = StripLook()

  private init() {}

  /// - Parameter pitch: columns of a white key; 0 for the feet, whose camera may stand anywhere.
  package init(_ random: inout ShardRandom, pitch: Float, rows: Int) {
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    if pitch > 0 {
      // Whoever draws corners is a fifth of a key wrong.
      let reach = 0.2 * pitch
      shift = [between(-reach, reach), between(-0.05, 0.05) * Float(rows)]
      stretch = [1 + between(-0.003, 0.003), 1 + between(-0.06, 0.06)]
      shear = between(-1, 1) / Float(rows)
    } else {
      shift = [between(-10, 10), between(-8, 8)]
      stretch = [exp2f(between(-0.3, 0.3)), exp2f(between(-0.3, 0.3))]
      shear = between(-0.15, 0.15)
    }
    gamma = exp2f(between(-0.4, 0.4))
    contrast = between(0.6, 1.2)
    brightness = between(-0.05, 0.15)
    if random.uniform() < 0.3 { blur = between(0, 0.3) }
    if random.uniform() < 0.5 { noise = 0.05 * random.uniform() * random.uniform() }
    grain = random.integer(in: 0..<Self.grains.count)
  }

  /// Standard normals to take noise from.
  private static let grains = [Float](unsafeUninitializedCapacity: 1 << 16) { room, count in
    fp_normal(0x5EED, 0, 0, room.baseAddress!, 1 << 16)
    count = 1 << 16
  }

  /// Frames of bytes, `count` of them, become channels: out[(row · columns + column) · count + frame], 0…1.
  package func develop(
    _ bytes: UnsafeBufferPointer<UInt8>, rows: Int, columns: Int, count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    precondition(bytes.count == rows * columns * count, "\(bytes.count) bytes for \(count) × \(rows) × \(columns)")
    let greys = (0..<256).map { min(max(powf(Float($0) / 255, gamma) * contrast + brightness, 0), 1) }
    // Black where nothing is seen stays black.
    let table = [0] + greys.dropFirst()
    var line = [Float](repeating: 0, count: columns)
    var soft = line
    var places = [(left: Int32, share: Float)](repeating: (0, 0), count: columns)
    let middle = SIMD2(Float(columns), Float(rows)) / 2
    for row in 0..<rows {
      let y = min(max((Float(row) + 0.5 - middle.y) * stretch.y + middle.y - shift.y - 0.5, 0), Float(rows - 1))
      let above = min(Int(y), max(0, rows - 2))
      let below = min(above + 1, rows - 1)
      let lower = y - Float(above)
      let start = shift.x + shear * (Float(row) - middle.y)
      for column in 0..<columns {
        let x = min(
          max((Float(column) + 0.5 - middle.x) * stretch.x + middle.x - start - 0.5, 0), Float(columns - 1))
        let left = min(Int32(x), Int32(max(0, columns - 2)))
        places[column] = (left, x - Float(left))
      }
      for frame in 0..<count {
        let top = bytes.baseAddress! + (frame * rows + above) * columns
        let bottom = bytes.baseAddress! + (frame * rows + below) * columns
        for column in 0..<columns {
          let a = table[Int(top[column])]
          line[column] = a + lower * (table[Int(bottom[column])] - a)
        }
        if blur > 0 {
          for column in 1..<columns - 1 {
            soft[column] = line[column] * (1 - 2 * blur) + blur * (line[column - 1] + line[column + 1])
          }
          (soft[0], soft[columns - 1]) = (line[0], line[columns - 1])
          swap(&line, &soft)
        }
        let target = out + row * columns * count + frame
        let grain = grain &+ (frame * rows + row) &* 7919
        for column in 0..<columns {
          let (left, share) = places[column]
          let a = line[Int(left)]
          var grey = a + share * (line[min(Int(left) + 1, columns - 1)] - a)
          if noise > 0 { grey += noise * Self.grains[(grain &+ column) & 0xFFFF] }
          target[column * count] = grey
        }
      }
    }
  }
}
