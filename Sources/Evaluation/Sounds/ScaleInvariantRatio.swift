// ScaleInvariantRatio: SI-SDR, how much of a sound, or of its spectrogram, is the true one at some loudness.
// Le Roux and others 2019. Of magnitudes it does not ask for phases, which no made sound has right.
import Glibc

/// 10·log₁₀(|α·t|²/|α·t − p|²) dB with α = pᵀt/|t|², as torchmetrics has it, with ε added to each sum that is divided or
/// divides.
///
/// - Parameters:
///   - made: p, any numbers in the order of the true ones: samples, or magnitudes of a spectrogram.
///   - real: t.
/// - Returns: dB; equal inputs, of any scale, give 150 and more.
public func scaleInvariantRatio(made: [Double], real: [Double]) -> Double {
  precondition(made.count == real.count, "\(made.count) numbers beside \(real.count)")
  let epsilon = 0x1p-52
  let common = zip(made, real).reduce(0) { $0 + $1.0 * $1.1 }
  let power = real.reduce(0) { $0 + $1 * $1 }
  let scale = (common + epsilon) / (power + epsilon)
  let noise = zip(made, real).reduce(0) { $0 + (scale * $1.1 - $1.0) * (scale * $1.1 - $1.0) }
  return 10 * log10((scale * scale * power + epsilon) / (noise + epsilon))
}
