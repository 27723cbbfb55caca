// MelLoss: how far two sounds are apart to a coarse ear: 64 bands as wide as hearing's, at many resolutions.
// Défossez et al. 2022, section 3.4.
import Codec
import Tensors

/// (1/|W|) Σ over windows w of mean |Δ_w| + mean Δ_w², with Δ_w = ½ ln P − ½ ln P̂ for powers P, P̂ in mel bands, every
/// w/4 samples. Bands into which no bin of a short window falls are left out.
public struct MelLoss: Sendable {
  /// Of powers: −80 dB below white noise of unit variance.
  public static let floor: Float = 1e-8
  private let scales: [(spectrum: ShortTimeSpectrum, bands: Tensor)]

  /// - Parameter windows: samples; powers of two. The paper has all from 2⁵ to 2¹¹.
  public init(sampleRate: Int, windows: [Int] = (5...11).map { 1 << $0 }, bands: Int = 64) {
    let layout = BandLayout(count: bands, lowest: 20, highest: Double(sampleRate) / 2)
    scales = windows.map {
      (ShortTimeSpectrum(.power, length: $0, hop: $0 / 4), layout.shares(window: $0, sampleRate: sampleRate).heard)
    }
  }

  /// Both are [batch, samples]. Windows longer than the sounds are passed over.
  public func callAsFunction(_ ours: Tensor, target: Tensor) -> Tensor {
    average(
      scales.filter { $0.spectrum.length <= ours.shape[1] }.map { spectrum, bands in
        let p = log(LinearMap()(spectrum(target.untracked), bands), floor: Self.floor)
        let difference = (log(LinearMap()(spectrum(ours), bands), floor: Self.floor) - p) * 0.5
        return meanAbsolute(difference) + meanSquare(difference)
      })
  }
}

extension Tensor {
  /// The rows that are not all zero.
  fileprivate var heard: Tensor {
    let width = shape[1]
    let values = array
    let rows = (0..<shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }.filter { $0.contains { $0 > 0 } }
    return Tensor(Shape(rows.count, width), rows.flatMap { $0 })
  }
}
