// LogMel: what a network that listens is shown: logarithms of mel bands, exactly as it was shown them when it learned.
import Glibc
import Tensors

/// Mono samples to [frames, bands].
public struct LogMel: Sendable {
  /// What is put before the first sample and behind the last.
  enum Rim: Sendable {
    /// Nothing: the first window begins with the first sample, the last that fits is the last.
    case none
    /// Half a transform of the signal's mirror image, or of zeros: windows lie around their times.
    case reflected, zeros
  }
  enum Scale: Sendable {
    /// ln(Σ band·|X| + offset).
    case magnitudes(offset: Float)
    /// 10·log₁₀ max(10⁻¹⁰, Σ band·|X|²), and where `range` is given no less than that many dB below the largest.
    case powers(range: Float? = nil)
  }
  public let sampleRate: Int, hop: Int
  public var bandCount: Int { bands.shape[0] }
  private let rim: Rim, scale: Scale, spectrum: ShortTimeSpectrum, bands: Tensor
  /// |X| for the spectrum's own, whose window is scaled to unit power.
  private let gain: Float
  private let window: Int

  /// - Parameters:
  ///   - window: samples of the Hann window, periodic, at the beginning of the transform.
  ///   - length: of the transform.
  init(
    sampleRate: Int, window: Int, length: Int, hop: Int, rim: Rim, mel: MelScale, bands: Int,
    range: ClosedRange<Double>, scale: Scale
  ) {
    (self.sampleRate, self.hop, self.rim, self.scale, self.window) = (sampleRate, hop, rim, scale, window)
    spectrum = ShortTimeSpectrum(.power, length: length, hop: hop, window: window)
    self.bands = mel.bands(bands, in: range, length: length, sampleRate: sampleRate)
    gain = (0.375 * Float(window)).squareRoot()
  }

  /// VGGish (Hershey and others 2017): 16 kHz, 25 ms every 10 ms, 64 bands of 125 to 7500 Hz, ln(x + 0.01).
  public static let vggish = google(offset: 0.01)
  /// YAMNet: the same with ln(x + 0.001).
  public static let yamnet = google(offset: 0.001)

  private static func google(offset: Float) -> LogMel {
    LogMel(
      sampleRate: 16000, window: 400, length: 512, hop: 160, rim: .none, mel: .htk, bands: 64, range: 125...7500,
      scale: .magnitudes(offset: offset))
  }

  /// PANNs at 16 kHz (Kong and others 2020): 32 ms every 10 ms, 64 bands of 50 to 8000 Hz, dB.
  public static let cnn14 = LogMel(
    sampleRate: 16000, window: 512, length: 512, hop: 160, rim: .reflected, mel: .slaney, bands: 64, range: 50...8000,
    scale: .powers())

  /// Samples so that `frames` frames are heard.
  func samples(frames: Int) -> Int { (frames - 1) * hop + (rim == .none ? window : 1) }

  public func callAsFunction(_ samples: [Float]) -> Tensor {
    let length = spectrum.length
    let signal: [Float]
    switch rim {
    // What the window does not reach is zero, so that as many frames fit as windows do.
    case .none: signal = samples + [Float](repeating: 0, count: length - window)
    case .zeros:
      let half = [Float](repeating: 0, count: length / 2)
      signal = half + samples + half
    case .reflected: signal = mirrored(samples, length / 2)
    }
    guard signal.count >= length else { return Tensor(zeros: Shape(0, bandCount)) }
    let powers = spectrum(Tensor(Shape(1, signal.count), signal))
    let frames = powers.shape[1]
    switch scale {
    case .magnitudes(let offset):
      let sums = LinearMap()(squareRoot(powers) * gain, bands).reshaped(frames, bandCount)
      return log(sums + offset, floor: 1e-30)
    case .powers(let range):
      let sums = LinearMap()(powers * (gain * gain), bands).reshaped(frames, bandCount)
      let decibels = log(sums, floor: 1e-10) * (10 / logf(10))
      guard let range, let largest = decibels.array.max() else { return decibels }
      return Tensor(decibels.shape, decibels.array.map { max($0, largest - range) })
    }
  }

  /// As numpy's `reflect`, also where the signal is shorter than its mirror image.
  private func mirrored(_ samples: [Float], _ rim: Int) -> [Float] {
    guard samples.count > 1 else { return [Float](repeating: samples.first ?? 0, count: 2 * rim + samples.count) }
    let period = 2 * (samples.count - 1)
    return (-rim..<samples.count + rim).map { index in
      let place = ((index % period) + period) % period
      return samples[min(place, period - place)]
    }
  }
}
