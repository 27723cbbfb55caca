// NoiseBands: white noise, cut once into bands and repeated every 2¹⁵ samples (1.4 s at 24 kHz).
// Made from a flat spectrum with random phases, so the bands add up to white noise and the loop has no seam.
import Glibc
import Kernels

/// Noise in bands, as the source's inharmonic half.
public struct NoiseBands: Sendable {
  /// The period in samples, a power of two.
  public static let period = 1 << 15

  public let layout: BandLayout
  private let samples: [Float]

  /// Unit-variance white noise in the bands of `layout`. The phases depend on the band edges only, never on a session.
  public init(_ layout: BandLayout, sampleRate: Double) {
    let period = Self.period
    var phases = [Float](repeating: 0, count: period / 2)
    fp_uniform(0x5EED_0F_4015E, 0, 0, &phases, phases.count)
    var samples = [Float](repeating: 0, count: layout.count * period)
    var spectrum = [Double](repeating: 0, count: 2 * period)
    let amplitude = (2.0 / Double(period)).squareRoot()
    for band in 0..<layout.count {
      for index in 0..<spectrum.count { spectrum[index] = 0 }
      for bin in 1..<period / 2 {
        let (lower, share) = layout.place(Double(bin) * sampleRate / Double(period))
        let weight = lower == band ? 1 - share : lower + 1 == band ? share : 0
        guard weight > 0 else { continue }
        let angle = 2 * Double.pi * Double(phases[bin])
        spectrum[2 * bin] = weight * amplitude * cos(angle)
        spectrum[2 * bin + 1] = weight * amplitude * sin(angle)
      }
      Self.transform(&spectrum)
      for n in 0..<period { samples[band * period + n] = Float(2.0.squareRoot() * spectrum[2 * n]) }
    }
    self.layout = layout
    self.samples = samples
  }

  /// Writes `count` samples from absolute sample `position` of every band: band b at `bands + b·stride`.
  public func write(from position: Int64, count: Int, into bands: UnsafeMutablePointer<Float>, stride: Int) {
    let start = Int(position & Int64(Self.period - 1))
    let first = min(count, Self.period - start)
    samples.withUnsafeBufferPointer { table in
      for band in 0..<layout.count {
        let row = table.baseAddress! + band * Self.period
        let target = bands + band * stride
        target.update(from: row + start, count: first)
        if first < count { (target + first).update(from: row, count: count - first) }
      }
    }
  }

  /// In-place inverse discrete Fourier transform, unscaled, of interleaved complex numbers; radix 2.
  private static func transform(_ data: inout [Double]) {
    let count = data.count / 2
    var reversed = 0
    for index in 1..<count {
      var bit = count >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
      if index < reversed {
        data.swapAt(2 * index, 2 * reversed)
        data.swapAt(2 * index + 1, 2 * reversed + 1)
      }
    }
    data.withUnsafeMutableBufferPointer { data in
      var size = 2
      while size <= count {
        let half = size / 2
        for offset in 0..<half {
          let angle = 2 * Double.pi * Double(offset) / Double(size)
          let c = cos(angle)
          let s = sin(angle)
          for base in Swift.stride(from: offset, to: count, by: size) {
            let a = 2 * base
            let b = 2 * (base + half)
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
