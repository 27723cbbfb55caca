// SpectralLoss: how far two sounds are apart in their spectra, at several resolutions, whatever their phases.
import Tensors

/// Σ over windows of mean |ln P − ln P̂|/2 + mean |√P − √P̂| / mean √P, for power spectra P of the target, P̂ of ours.
public struct SpectralLoss: Sendable {
  public static let floor: Float = 1e-8
  private let spectra: [ShortTimeSpectrum]

  public init(windows: [Int] = [256, 1024, 2048]) {
    spectra = windows.map { ShortTimeSpectrum(.power, length: $0, hop: $0 / 4) }
  }

  /// Both are [batch, samples].
  public func callAsFunction(_ ours: Tensor, target: Tensor) -> Tensor {
    let parts = spectra.map { spectrum -> Tensor in
      let p = spectrum(target.untracked)
      let q = spectrum(ours)
      let logarithmic = meanAbsolute(log(q, floor: Self.floor) - log(p, floor: Self.floor)) * 0.5
      let root = squareRoot(p)
      let level = max(1e-4, mean(root).scalar)
      return logarithmic + meanAbsolute(squareRoot(q + 1e-9) - root) * (1 / level)
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 } * (1 / Float(parts.count))
  }
}
