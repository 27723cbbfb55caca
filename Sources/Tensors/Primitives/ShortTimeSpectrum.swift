// ShortTimeSpectrum: the short-time Fourier transform of a signal, as powers or magnitudes, in one operation.
// Complex spectra never leave the cache; the walk back computes them again.
import Glibc
import Kernels

/// [batch, samples] to [batch, (samples − length)/hop + 1, length/2 + 1]: |X|², or √(|X|² + floor), of the frames
/// under a Hann window. Scaled so that white noise of unit variance has unit power.
public struct ShortTimeSpectrum: Primitive {
  public enum Kind: Sendable {
    case power
    /// The floor keeps the slope finite at silence.
    case magnitude(floor: Float)
  }
  public let kind: Kind, length: Int, hop: Int
  package let window: Tensor
  private let turns: Tensor

  /// - Parameters:
  ///   - length: of a frame; a power of two.
  ///   - hop: samples from one frame to the next.
  ///   - window: samples of a frame, from its first on, that the window lies over; what is behind them counts as zero.
  public init(_ kind: Kind, length: Int, hop: Int, window: Int? = nil) {
    precondition(length >= 2 && length & (length - 1) == 0 && hop > 0, "spectra of \(length) samples every \(hop)")
    precondition(window.map { 1...length ~= $0 } ?? true, "a window of \(window!) samples in \(length)")
    if case .magnitude(let floor) = kind { precondition(floor > 0, "floor \(floor)") }
    self.kind = kind
    self.length = length
    self.hop = hop
    (self.window, turns) = Self.tables(length, window: window)
  }

  /// The window, scaled, and the pairs cos, −sin of 2πk/length.
  static func tables(_ length: Int, window: Int? = nil) -> (window: Tensor, turns: Tensor) {
    let angle = 2 * Double.pi / Double(length)
    let window = window ?? length
    // Σ window² = 3/8 of its samples.
    let scale = 1 / (0.375 * Double(window)).squareRoot()
    let turn = 2 * Double.pi / Double(window)
    return (
      Tensor(
        Shape(length), (0..<length).map { $0 < window ? Float(scale * (0.5 - 0.5 * cos(turn * Double($0)))) : 0 }),
      Tensor(
        Shape(length / 2, 2),
        (0..<length / 2).flatMap { [Float(cos(angle * Double($0))), Float(-sin(angle * Double($0)))] })
    )
  }

  private var frames: Frames { Frames(length: length, hop: hop) }

  private var measure: (isMagnitude: Bool, floor: Float) {
    if case .magnitude(let floor) = kind { (true, floor) } else { (false, 0) }
  }

  public func shape(_ inputs: [Shape]) -> Shape { frames.shape(inputs).with(2, length / 2 + 1) }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = frames.sizes(inputs[0].shape)
    let (isMagnitude, floor) = measure
    fp_spectrum(&sizes, window.data, turns.data, isMagnitude, floor, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let dx = Tensor(x.shape, storage: Storage(x.shape.count))
    var sizes = frames.sizes(x.shape)
    let (isMagnitude, floor) = measure
    fp_spectrum_backward(
      &sizes, window.data, turns.data, isMagnitude, floor, x.data, step.upstream.data, dx.data)
    return [dx]
  }
}
