// ComplexSpectrum: the short-time Fourier transform of a signal as it is, real and imaginary parts, in one operation.
// It is linear, so the walk back needs nothing of the signal.
import Kernels

/// [batch, samples] to [batch, (samples − length)/hop + 1, length/2 + 1, 2]: the real and the imaginary part of every
/// bin, Σₙ window[n]·x[n]·e^(−2πikn/length), under the window of `ShortTimeSpectrum`, whose powers are these squared.
public struct ComplexSpectrum: Primitive {
  public let length: Int, hop: Int
  package let window: Tensor
  private let turns: Tensor

  /// - Parameters:
  ///   - length: of a frame; a power of two.
  ///   - hop: samples from one frame to the next.
  public init(length: Int, hop: Int) {
    precondition(length >= 2 && length & (length - 1) == 0 && hop > 0, "spectra of \(length) samples every \(hop)")
    self.length = length
    self.hop = hop
    (window, turns) = ShortTimeSpectrum.tables(length)
  }

  private var frames: Frames { Frames(length: length, hop: hop) }

  public func shape(_ inputs: [Shape]) -> Shape {
    let cut = frames.shape(inputs)
    return Shape(cut[0], cut[1], length / 2 + 1, 2)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = frames.sizes(inputs[0].shape)
    fp_complex_spectrum(&sizes, window.data, turns.data, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let dx = Tensor(x.shape, storage: Storage(x.shape.count))
    var sizes = frames.sizes(x.shape)
    fp_complex_spectrum_backward(&sizes, window.data, turns.data, step.upstream.data, dx.data)
    return [dx]
  }
}
