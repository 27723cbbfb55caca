// BandLayout: the frequency bands in which the decoder shapes its source.
// Centres are equally spaced in mel; a frequency between two centres belongs to both, in shares that add up to one.
import Glibc
import Tensors

/// Bands of triangular overlap between two frequencies.
public struct BandLayout: Sendable, Equatable {
  public let count: Int
  /// Hz.
  public let lowest: Double, highest: Double

  public init(count: Int, lowest: Double, highest: Double) {
    precondition(count >= 2 && 0 < lowest && lowest < highest, "\(count) bands from \(lowest) to \(highest) Hz")
    self.count = count
    self.lowest = lowest
    self.highest = highest
  }

  /// mel = 2595 · log₁₀(1 + f/700).
  static func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
  static func frequency(mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }

  /// The centre of a band, Hz.
  public func centre(_ band: Int) -> Double {
    let low = Self.mel(lowest)
    let high = Self.mel(highest)
    return Self.frequency(mel: low + (high - low) * Double(band) / Double(count - 1))
  }

  /// The lower of the two bands that share a frequency, and the upper one's share.
  public func place(_ frequency: Double) -> (band: Int, share: Double) {
    let low = Self.mel(lowest)
    let high = Self.mel(highest)
    let position = (Self.mel(max(0, frequency)) - low) / (high - low) * Double(count - 1)
    let clamped = min(max(position, 0), Double(count - 1))
    let band = min(Int(clamped), count - 2)
    return (band, clamped - Double(band))
  }

  /// What each bin of a spectrum gives to each band, [count, window/2 + 1]: two bands share it. The constant belongs to
  /// none.
  public func shares(window: Int, sampleRate: Int) -> Tensor {
    let bins = window / 2 + 1
    let shares = Tensor(zeros: Shape(count, bins))
    for bin in 1..<bins {
      let place = place(Double(bin * sampleRate) / Double(window))
      shares[place.band * bins + bin] = Float(1 - place.share)
      shares[(place.band + 1) * bins + bin] = Float(place.share)
    }
    return shares
  }
}
