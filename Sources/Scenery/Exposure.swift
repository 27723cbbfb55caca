// Exposure: how a camera takes a picture of what moves: a canvas is drawn at each moment at which its shutter is open.
import Pictures

/// Takes pictures with one sensor. Used by one thread at a time.
package final class Exposure {
  private let moments: [Float]
  private let sensor: Sensor.Ready
  private let width: Int, height: Int
  private var sums: [UInt16]

  package init(_ sensor: Sensor, width: Int, height: Int) {
    (moments, self.sensor) = (sensor.moments, Sensor.Ready(sensor, width: width, height: height))
    (self.width, self.height) = (width, height)
    sums = [UInt16](repeating: 0, count: 4 * width * height)
  }

  /// A picture.
  ///
  /// - Parameters:
  ///   - frame: its number, which its noise depends on.
  ///   - draw: draws on the canvas what is seen so many frames later than the picture's own time.
  package func picture(of canvas: Canvas, frame: Int, _ draw: (Double) -> Void) -> Picture {
    for (index, offset) in moments.enumerated() {
      draw(Double(offset))
      add(canvas, isFirst: index == 0)
    }
    return Picture(width: width, height: height, colours: .rgb, bytes: sensor.picture(sums, frame: frame))
  }

  private func add(_ canvas: Canvas, isFirst: Bool) {
    canvas.withPixels { bytes, stride in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<height {
          let line = bytes + row * stride
          let base = 4 * row * width
          if isFirst {
            for index in 0..<(4 * width) { sums[base + index] = UInt16(line[index]) }
          } else {
            for index in 0..<(4 * width) { sums[base + index] &+= UInt16(line[index]) }
          }
        }
      }
    }
  }
}
