// Onsets: when something begins to sound, as librosa finds it: AV-Align was defined by its `onset_detect`.
// McFee and others 2015; the limits are those of Böck and others 2012 as librosa has them.
import Tensors

/// Finds beginnings in mono sound at 22.05 kHz.
public struct Onsets: Sendable {
  public static let sampleRate = 22050
  static let hop = 512
  private static let length = 2048
  private let spectrum = LogMel(
    sampleRate: sampleRate, window: length, length: length, hop: hop, rim: .zeros, mel: .slaney, bands: 128,
    range: 0...Double(sampleRate) / 2, scale: .powers(range: 80))

  public init() {}

  /// How much louder it became, dB: the mean over bands of max(0, S[t] − S[t − 1]), a number every 512 samples. Two frames
  /// later than it is heard, since a window hears what begins in its second half.
  public func strength(_ samples: [Float]) -> [Float] {
    let levels = spectrum(samples)
    let (frames, bands) = (levels.shape[0], levels.shape[1])
    let values = levels.array
    // A frame for the difference, and half a transform.
    let delay = 1 + Self.length / (2 * Self.hop)
    return (0..<frames).map { frame in
      let from = frame - delay
      guard from >= 0 else { return 0 }
      var sum: Float = 0
      for band in 0..<bands { sum += max(0, values[(from + 1) * bands + band] - values[from * bands + band]) }
      return sum / Float(bands)
    }
  }

  /// Seconds.
  public func callAsFunction(_ samples: [Float]) -> [Double] {
    Self.peaks(strength(samples)).map { Double($0 * Self.hop) / Double(Self.sampleRate) }
  }

  /// The frames, scaled to 0…1, that are the largest of themselves and the one before, at least 0.07 above the mean of
  /// four before, themselves and four behind, and more than a frame behind the last.
  static func peaks(_ strength: [Float]) -> [Int] {
    guard let least = strength.min(), let most = strength.max(), most > least, most.isFinite else { return [] }
    let scaled = strength.map { ($0 - least) / (most - least) }
    var found: [Int] = []
    for frame in scaled.indices {
      let before = scaled[max(0, frame - 1)]
      let around = scaled[max(0, frame - 4)..<min(scaled.count, frame + 5)]
      let mean = around.reduce(0, +) / Float(around.count)
      guard scaled[frame] >= before, scaled[frame] >= mean + 0.07 else { continue }
      if let last = found.last, frame <= last + 1 { continue }
      found.append(frame)
    }
    return found
  }
}
