// CosineScore: whether a sound and a caption, or a sound and a picture, lie in the same direction in a space that both
// were brought to by networks that learned so.

/// cos(a, b) = aᵀb/(|a|·|b|) of pairs of embeddings.
public struct CosineScore: Sendable, Equatable {
  /// Of each pair; 0 where one of them has no length.
  public let cosines: [Double]

  /// - Throws: `MetricError` unless there are pairs of equal widths.
  public init(_ one: Embeddings, _ other: Embeddings) throws(MetricError) {
    try one.checkPairs(with: other)
    cosines = (0..<one.count).map { pair in
      let (a, b) = (one[pair], other[pair])
      let lengths = (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
      return lengths > 0 ? zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / lengths : 0
    }
  }

  /// The CLAP score: the mean cosine of captions and sounds (LAION's CLAP, as audioldm_eval and av-benchmark have it).
  public var mean: Double { cosines.reduce(0, +) / Double(cosines.count) }
  /// The CLIP score: max(0, 100·mean cosine), as torchmetrics has it (Hessel and others 2021). Of sounds the papers take
  /// Wav2CLIP's embeddings beside CLIP's of the pictures.
  public var hundredfold: Double { max(0, 100 * mean) }
}
