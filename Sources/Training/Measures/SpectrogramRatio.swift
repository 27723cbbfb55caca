// SpectrogramRatio: SI-SDR of magnitude spectrograms, with the settings that papers leave out. A made sound has other phases than
// the real one, so that the ratio of samples would tell nothing.
import Evaluation
import Tensors

/// `scaleInvariantRatio` of |X| of two sounds: mono at 24 kHz, Hann windows of 1024 samples every 256, the first beginning with the
/// first sample, no mean taken off; of the shorter sound's length.
public struct SpectrogramRatio: Sendable {
  public static let sampleRate = 24000
  static let note = "magnitudes at 24 kHz, Hann 1024 every 256"
  private let spectrum = ShortTimeSpectrum(.power, length: 1024, hop: 256)

  public init() {}

  /// dB; sounds shorter than a window count as followed by silence.
  public func callAsFunction(made: [Float], real: [Float]) -> Double {
    let count = max(1024, min(made.count, real.count))
    func magnitudes(_ samples: [Float]) -> [Double] {
      let cut = samples.prefix(count) + [Float](repeating: 0, count: max(0, count - samples.count))
      return spectrum(Tensor(Shape(1, count), Array(cut))).array.map { Double($0).squareRoot() }
    }
    return scaleInvariantRatio(made: magnitudes(made), real: magnitudes(real))
  }
}
