// StyleJudge: in which of two styles a performance is: learned from recordings of both, by itself, and by nothing that a generator
// learns from.
import Evaluation
import Glibc
import Hearing
import Tensors

/// ln(pᵢ/p + 10⁻⁶) of the powers pᵢ of 64 bands beside p, the mean of all over two seconds, so that loudness tells nothing: of each
/// band the mean and the deviation over these two seconds, and a `LogisticClassifier` of them.
public struct StyleJudge: Sendable {
  private let look: StyleLook, classifier: LogisticClassifier

  /// - Parameters:
  ///   - preferred: performances at `SpectrogramRatio.sampleRate`.
  ///   - other: of the other style, of the same scores, so that the music tells nothing.
  /// - Throws: `MetricError` where nothing is heard in one of the two.
  public init(preferred: [[Float]], other: [[Float]]) throws {
    look = StyleLook()
    classifier = try LogisticClassifier(look(preferred), look(other))
  }

  /// How likely a performance is in the preferred style, the mean over its parts; nil where nothing is heard.
  public func callAsFunction(_ samples: [Float]) -> Double? {
    let parts = look([samples])
    guard parts.count > 0 else { return nil }
    return (0..<parts.count).reduce(0) { $0 + classifier(parts[$1]) } / Double(parts.count)
  }
}

/// What the judge looks at.
private struct StyleLook: Sendable {
  private static let length = 1024, hop = 512, bandCount = 64
  /// Two seconds.
  private static let frames = 2 * SpectrogramRatio.sampleRate / hop
  /// What is softer than the mean power by more tells nothing; and the mean power of silence, about −80 dB of full scale.
  private static let depth: Float = 1e-6, silence: Float = 1e-8
  private let spectrum = ShortTimeSpectrum(.power, length: length, hop: hop)
  private let bands = MelScale.htk.bands(
    bandCount, in: 60...11000, length: length, sampleRate: SpectrogramRatio.sampleRate)

  /// A row for every two seconds in which something is heard.
  func callAsFunction(_ sounds: [[Float]]) -> Embeddings {
    var rows = Embeddings(width: 2 * Self.bandCount)
    for sound in sounds where sound.count >= Self.length + (Self.frames - 1) * Self.hop {
      let powers = LinearMap()(spectrum(Tensor(Shape(1, sound.count), sound)), bands)
      let frames = powers.shape[1]
      let numbers = powers.array
      for first in stride(from: 0, through: frames - Self.frames, by: Self.frames) {
        let part = numbers[first * Self.bandCount..<(first + Self.frames) * Self.bandCount]
        let mean = part.reduce(0, +) / Float(part.count)
        if mean > Self.silence { rows.append(Self.row(part.map { logf($0 / mean + Self.depth) })) }
      }
    }
    return rows
  }

  private static func row(_ levels: [Float]) -> [Float] {
    (0..<bandCount).flatMap { band in
      let own = stride(from: band, to: levels.count, by: bandCount).map { levels[$0] }
      let mean = own.reduce(0, +) / Float(own.count)
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(own.count)
      return [mean, variance.squareRoot()]
    }
  }
}
