// Sensor: what a camera makes of the light: it adds it up while the shutter is open, colours it, darkens its corners, and
// adds noise. The noise is counted from (seed, frame, row), so that a frame is the same whenever it is made.
import Glibc
import Score

/// Exposure, colour and noise of one camera.
public struct Sensor: Sendable, Codable, Equatable {
  /// Of red, green and blue.
  public let gain: Colour
  public let gamma: Float
  /// What is lost in the corners, 0…1.
  public let vignette: Float
  /// Of a middle grey, in steps of 255.
  public let noise: Float
  /// The share of a frame's time in which the shutter is open, and how often that is looked at.
  public let shutter: Float
  public let exposures: Int
  public let seed: UInt64

  package init(_ chance: inout Chance, light: Float) {
    let exposure = Float(chance.between(0.8, 1.12)) * light
    let (warmth, tint) = (Float(chance.normal(0.05)), Float(chance.normal(0.02)))
    gain = Colour(1 + warmth, 1 + tint, 1 - warmth) * exposure
    gamma = Float(chance.between(0.9, 1.15))
    vignette = Float(chance.between(0, 0.35))
    noise = Float(chance.between(0.6, 3.5)) / max(light, 0.1).squareRoot()
    shutter = Float(chance.between(0.25, 0.9))
    exposures = shutter > 0.55 ? 3 : 2
    seed = chance.next()
  }

  /// When the shutter lets light in, in frames from the frame's own time: the middles of equal parts of shutter.
  var moments: [Float] { (0..<exposures).map { shutter * ((Float($0) + 0.5) / Float(exposures) - 0.5) } }

  /// A sensor that has prepared its tables.
  struct Ready {
    private let tables: [[Int16]]
    /// Of 65536: what passes the lens at each pixel of a row's and a column's square distance from the middle.
    private let columns: [Float], rows: [Float]
    private let grain: [Int8]
    private let sensor: Sensor
    private let width: Int, height: Int

    init(_ sensor: Sensor, width: Int, height: Int) {
      (self.sensor, self.width, self.height) = (sensor, width, height)
      // Grey to grey, in sixteenths.
      tables = (0..<3).map { channel in
        (0..<1024).map { index in
          let value = powf(Float(index) / 1023, sensor.gamma) * sensor.gain[channel]
          // Film and sensors approach white slowly.
          let soft = value < 0.8 ? value : 0.8 + 0.2 * tanhf((value - 0.8) / 0.2)
          return Int16(min(soft, 1) * 255 * 16)
        }
      }
      func squares(_ count: Int) -> [Float] {
        (0..<count).map { index in
          let from = (Float(index) + 0.5 - Float(count) / 2) / (Float(max(width, height)) / 2)
          return from * from
        }
      }
      (columns, rows) = (squares(width), squares(height))
      var chance = Chance(seed: sensor.seed)
      grain = (0..<(1 << 16)).map { _ in Int8(clamping: Int((chance.normal(Double(sensor.noise)) * 16).rounded())) }
    }

    /// The picture of sums of bytes in the order blue, green, red, nothing: red, green, blue.
    func picture(_ sums: [UInt16], frame: Int) -> [UInt8] {
      let scale = 1023 / (255 * Float(sensor.exposures))
      return [UInt8](unsafeUninitializedCapacity: 3 * width * height) { pixels, used in
        sums.withUnsafeBufferPointer { sums in
          for row in 0..<height {
            var place = Chance(seed: sensor.seed &+ UInt64(frame) &* 0x1_0001 &+ UInt64(row) &* 0x9E37_79B9)
            var at = Int(place.next() & 0xFFFF)
            for column in 0..<width {
              let pass = scale * (1 - sensor.vignette * (columns[column] + rows[row]) * 0.76)
              let base = 4 * (row * width + column)
              for channel in 0..<3 {
                let light = min(Int(Float(sums[base + 2 - channel]) * pass), 1023)
                let value = (Int(tables[channel][light]) + Int(grain[at]) + 8) >> 4
                pixels[3 * (row * width + column) + channel] = UInt8(clamping: value)
                at = (at + 1) & 0xFFFF
              }
            }
          }
        }
        used = 3 * width * height
      }
    }
  }
}
