// LogMelDistance: how far two sounds are apart in dB, in mel bands: what the judge of a style says in one number.
import Codec
import Tensors

/// mean |Δ dB| over 80 mel bands every 13 ms, of powers no more than 60 dB below the loudest of the target.
public struct LogMelDistance: Sendable {
  private let spectrum: ShortTimeSpectrum, bands: Tensor

  public init(sampleRate: Int = 24000) {
    let window = 1024
    spectrum = ShortTimeSpectrum(.power, length: window, hop: 320)
    bands = BandLayout(count: 80, lowest: 40, highest: 11500).shares(window: window, sampleRate: sampleRate)
  }

  /// Both are [1, samples], at least 1024 of them.
  public func callAsFunction(_ ours: Tensor, target: Tensor) -> Double {
    let p = LinearMap()(spectrum(target.untracked), bands)
    let floor = max(1e-12, 1e-6 * (p.array.max() ?? 0))
    let q = LinearMap()(spectrum(ours.untracked), bands)
    // 10/ln 10 dB a neper of power.
    return 4.342944819 * Double(meanAbsolute(log(q, floor: floor) - log(p, floor: floor)).scalar)
  }
}
