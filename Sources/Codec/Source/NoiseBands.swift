// NoiseBands: white noise, cut once into bands and repeated every 2¹⁵ samples (1.4 s at 24 kHz).
// Made from a flat spectrum with random phases, so the bands add up to white noise and the loop has no seam.
import Glibc
import Kernels
import Tensors

/// Noise in bands, as the source's inharmonic half.
public struct NoiseBands: Sendable {
  /// The period in samples, a power of two.
  public static let period = 1 << 15

  public let layout: BandLayout
  /// [bands, period]
  private let samples: Tensor

  /// Unit-variance white noise in the bands of `layout`. The phases depend on the band edges only, never on a session.
  public init(_ layout: BandLayout, sampleRate: Double) {
    let period = Self.period
    var phases = [Float](repeating: 0, count: period / 2)
    fp_uniform(0x5EED_0F_4015E, 0, 0, &phases, phases.count)
    let samples = Tensor(zeros: Shape(layout.count, period))
    var spectrum = [Double](repeating: 0, count: 2 * period)
    let amplitude = (2.0 / Double(period)).squareRoot()
    let turns = (0..<period / 2).flatMap { index in
      let angle = 2 * Double.pi * Double(index) / Double(period)
      return [cos(angle), sin(angle)]
    }
    let places = (0..<period / 2).map { layout.place(Double($0) * sampleRate / Double(period)) }
    let directions = phases.map { phase -> (re: Double, im: Double) in
      let angle = 2 * Double.pi * Double(phase)
      return (cos(angle), sin(angle))
    }
    for band in 0..<layout.count {
      for index in 0..<spectrum.count { spectrum[index] = 0 }
      for bin in 1..<period / 2 {
        let (lower, share) = places[bin]
        let weight = lower == band ? 1 - share : lower + 1 == band ? share : 0
        guard weight > 0 else { continue }
        spectrum[2 * bin] = weight * amplitude * directions[bin].re
        spectrum[2 * bin + 1] = weight * amplitude * directions[bin].im
      }
      spectrum.withUnsafeMutableBufferPointer {
        Self.transform($0.baseAddress!, count: period, turns: turns)
      }
      let row = samples.data + band * period
      for n in 0..<period { row[n] = Float(2.0.squareRoot() * spectrum[2 * n]) }
    }
    self.layout = layout
    self.samples = samples
  }

  /// Writes `count` samples from absolute sample `position` of every band: band b at `bands + b·stride`.
  public func write(from position: Int64, count: Int, into bands: UnsafeMutablePointer<Float>, stride: Int) {
    let start = Int(position & Int64(Self.period - 1))
    let first = min(count, Self.period - start)
    for band in 0..<layout.count {
      let row = samples.data + band * Self.period
      let target = bands + band * stride
      target.update(from: row + start, count: first)
      if first < count { (target + first).update(from: row, count: count - first) }
    }
  }

  /// In-place inverse discrete Fourier transform, unscaled, of interleaved complex numbers; radix 2.
  ///
  /// - Parameter turns: cos and sin of 2πk/count for k < count/2.
  private static func transform(_ data: UnsafeMutablePointer<Double>, count: Int, turns: [Double]) {
    var reversed = 0
    for index in 1..<count {
      var bit = count >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
      if index < reversed {
        swap(&data[2 * index], &data[2 * reversed])
        swap(&data[2 * index + 1], &data[2 * reversed + 1])
      }
    }
    turns.withUnsafeBufferPointer { turns in
      var size = 2
      while size <= count {
        let half = size / 2
        let step = count / size
        for base in Swift.stride(from: 0, to: count, by: size) {
          for offset in 0..<half {
            let c = turns[2 * offset * step]
            let s = turns[2 * offset * step + 1]
            let a = 2 * (base + offset)
            let b = a + size
            let re = data[b] * c - data[b + 1] * s
            let im = data[b] * s + data[b + 1] * c
            data[b] = data[a] - re
            data[b + 1] = data[a + 1] - im
            data[a] += re
            data[a + 1] += im
          }
        }
        size *= 2
      }
    }
  }
}
