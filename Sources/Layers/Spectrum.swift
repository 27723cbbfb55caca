// Spectrum: the short-time Fourier transform as a product: windowed frames times sines and cosines.
import Glibc
import Tensors

/// Real and imaginary parts of windowed frames: [batch, samples, 1] ↦ [batch, frames, 2·bins], cosines first.
public struct Spectrum: Sendable {
  public let window: Int, hop: Int
  public var bins: Int { window / 2 + 1 }
  private let basis: Tensor

  /// A Hann window whose squares sum to one, so that the spectrum of white noise is as loud as the noise.
  public init(window: Int, hop: Int) {
    self.window = window
    self.hop = hop
    let bins = window / 2 + 1
    var hann = (0..<window).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(window)) }
    let norm = 1 / hann.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for index in hann.indices { hann[index] *= norm }
    let table = (0..<window).map { 2 * Double.pi * Double($0) / Double(window) }
    let cosines = table.map(cos), sines = table.map(sin)
    basis = Tensor(zeros: Shape(2 * bins, window))
    for bin in 0..<bins {
      for n in 0..<window {
        let turn = bin * n % window
        basis[bin * window + n] = Float(hann[n] * cosines[turn])
        basis[(bins + bin) * window + n] = Float(-hann[n] * sines[turn])
      }
    }
  }

  public func callAsFunction(_ signal: Tensor) -> Tensor { Convolution(taps: window, stride: hop)(signal, basis) }

  /// re² + im²: [batch, frames, bins].
  public func power(_ signal: Tensor) -> Tensor {
    let parts = self(signal)
    let re = parts.slice(axis: 2, start: 0, length: bins), im = parts.slice(axis: 2, start: bins, length: bins)
    return re * re + im * im
  }
}
