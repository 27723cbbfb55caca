// MelBands: triangles over the bins of a spectrum, as wide as hearing's bands: as HTK draws them, which Google's networks
// learned from, and as Slaney does, which librosa and PANNs have.
import Glibc
import Tensors

public enum MelScale: Sendable {
  /// m = 1127·ln(1 + f/700); triangles straight over mel, 1 high; the bin at 0 Hz is in none.
  case htk
  /// Straight up to 1000 Hz, 3 mel every 200 Hz, then 27 mel every 6.4-fold; triangles straight over hertz, of area 1.
  case slaney

  func mel(_ hertz: Double) -> Double {
    switch self {
    case .htk: return 1127 * log(1 + hertz / 700)
    case .slaney: return hertz < 1000 ? 3 * hertz / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
    }
  }

  func hertz(_ mel: Double) -> Double {
    switch self {
    case .htk: return 700 * (exp(mel / 1127) - 1)
    case .slaney: return mel < 15 ? 200 * mel / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
    }
  }

  /// What each bin of a spectrum gives to each band, [count, length/2 + 1].
  ///
  /// - Parameters:
  ///   - count: bands, whose count + 2 edges lie equally far apart in mel.
  ///   - range: from the first one's lower edge to the last one's upper one, hertz.
  ///   - length: of the transform.
  public func bands(_ count: Int, in range: ClosedRange<Double>, length: Int, sampleRate: Int) -> Tensor {
    let bins = length / 2 + 1
    let (low, high) = (mel(range.lowerBound), mel(range.upperBound))
    let edges = (0..<count + 2).map { low + (high - low) * Double($0) / Double(count + 1) }
    // Where triangles are straight.
    let places: [Double]
    let corners: [Double]
    switch self {
    case .htk: (places, corners) = ((0..<bins).map { mel(Double($0 * sampleRate) / Double(length)) }, edges)
    case .slaney: (places, corners) = ((0..<bins).map { Double($0 * sampleRate) / Double(length) }, edges.map(hertz))
    }
    let bands = Tensor(zeros: Shape(count, bins))
    for band in 0..<count {
      let (left, top, right) = (corners[band], corners[band + 1], corners[band + 2])
      let height: Double
      switch self {
      case .htk: height = 1
      case .slaney: height = 2 / (right - left)
      }
      for bin in (self == .htk ? 1 : 0)..<bins {
        let share = min((places[bin] - left) / (top - left), (right - places[bin]) / (right - top))
        bands[band * bins + bin] = Float(height * max(0, share))
      }
    }
    return bands
  }
}
