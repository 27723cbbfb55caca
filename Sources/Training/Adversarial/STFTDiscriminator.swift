// STFTDiscriminator: looks at the spectra of one window's length, and says of every place whether they are of a recording.
// Défossez et al., *High fidelity neural audio compression*, 2022, section 3.4.
import Layers
import Tensors

/// What a discriminator thinks of a sound.
public struct Judgement: Sendable {
  /// What each layer sees, [batch, frames, columns, filters].
  public let features: [Tensor]
  /// High where it takes the sound for a recording, [batch, frames, columns, 1].
  public let score: Tensor
}

/// Convolutions of 3 frames × 9 bins over the spectrum, three of them with a stride of 2 in frequency and dilations of
/// 1, 2 and 4 in time, then two of 3 × 3; leaky rectifiers between them. The paper normalises weights by their length
/// and learns that length apart; here both are one weight.
public struct STFTDiscriminator: Sendable {
  /// What it sees of each bin.
  public enum Spectra: String, Sendable, CaseIterable {
    /// Real and imaginary part, as in the paper.
    case complex
    /// ln(power + floor), for codecs that carry no phase.
    case logarithmic
  }

  private let spectra: Spectra
  private let parts: ComplexSpectrum, powers: ShortTimeSpectrum
  private let layers: [Conv2d], last: Conv2d

  /// - Parameters:
  ///   - window: samples; a power of two. Spectra come every window/4 samples.
  ///   - filters: outputs of every layer but the last.
  public init(_ w: Scope, window: Int, filters: Int, spectra: Spectra = .complex) {
    self.spectra = spectra
    parts = ComplexSpectrum(length: window, hop: window / 4)
    powers = ShortTimeSpectrum(.power, length: window, hop: window / 4)
    let inputs = spectra == .complex ? 2 : 1
    /// With this deviation a layer with a leaky rectifier hands on what it gets as loud as it came.
    func level(_ fan: Int) -> Initial { .normal(deviation: (2 / (1.04 * Float(fan))).squareRoot()) }
    layers =
      [
        Conv2d(
          w / "layers" / 0, inputs: inputs, outputs: filters, taps: (3, 9), padding: (1, 4), initial: level(27 * inputs)
        )
      ]
      + [1, 2, 4].enumerated().map { index, dilation in
        Conv2d(
          w / "layers" / (index + 1), inputs: filters, outputs: filters, taps: (3, 9), stride: (1, 2),
          dilation: dilation, padding: (dilation, 4), initial: level(27 * filters))
      }
      + [
        Conv2d(
          w / "layers" / 4, inputs: filters, outputs: filters, taps: (3, 3), padding: (1, 1),
          initial: level(9 * filters))
      ]
    last = Conv2d(w / "last", inputs: filters, outputs: 1, taps: (3, 3), padding: (1, 1))
  }

  /// - Parameter sound: [batch, samples], at least a window long.
  public func callAsFunction(_ sound: Tensor) -> Judgement {
    var x = seen(sound)
    var features: [Tensor] = []
    for layer in layers {
      x = leakyReLU(layer(x))
      features.append(x)
    }
    return Judgement(features: features, score: last(x))
  }

  private func seen(_ sound: Tensor) -> Tensor {
    guard spectra == .logarithmic else { return parts(sound) }
    let power = powers(sound)
    // About ±1 for music, with −80 dB as silence.
    let level = log(power + 1e-8, floor: 1e-8) * 0.125 + 1
    return level.reshaped(Shape(power.shape.array + [1]))
  }
}
