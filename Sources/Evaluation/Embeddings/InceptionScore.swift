// InceptionScore: whether a classifier is sure of each made sound, and hears many different things in all of them.
// Salimans and others 2016, section 4; what it says depends on how many clips there are and on the number of parts.
import Glibc

/// exp(mean over clips of Σᵢ p(ln p − ln p̄)) of each part of the clips, p the softmax of a clip's outputs, p̄ its mean over the
/// part; the mean and the deviation over the parts.
public struct InceptionScore: Sendable, Equatable {
  public let mean: Double, deviation: Double

  /// - Parameters:
  ///   - made: outputs before any sigmoid or softmax, a row a clip.
  ///   - parts: of N clips the i-th has those from ⌊i·N/parts⌋ on. 10 in torch-fidelity and audioldm_eval.
  ///   - seed: of numpy's legacy order in which clips are dealt out; nil for the order they are in. 2020 in both.
  /// - Throws: `MetricError` with fewer clips than parts.
  public init(_ made: Embeddings, parts: Int = 10, seed: UInt32? = 2020) throws(MetricError) {
    precondition(parts > 0, "\(parts) parts")
    guard made.count >= parts else {
      throw MetricError("expected at least a clip for each of \(parts) parts, found \(made.count)")
    }
    guard made.isFinite else { throw MetricError("expected finite outputs, found NaN or infinity") }
    let order = seed.map { numpyPermutation(of: made.count, seed: $0) } ?? Array(0..<made.count)
    let scores = (0..<parts).map { part in
      Self.score(made, order[part * made.count / parts..<(part + 1) * made.count / parts])
    }
    let middle = scores.reduce(0, +) / Double(parts)
    mean = middle
    deviation = (scores.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(parts)).squareRoot()
  }

  private static func score(_ made: Embeddings, _ clips: ArraySlice<Int>) -> Double {
    let logarithms = clips.map { logSoftmax(made[$0]) }
    var middle = [Double](repeating: 0, count: made.width)
    for row in logarithms {
      for index in row.indices { middle[index] += exp(row[index]) / Double(clips.count) }
    }
    let divergence = logarithms.reduce(0) { sum, row in
      zip(row, middle).reduce(sum) { $1.1 > 0 ? $0 + exp($1.0) * ($1.0 - log($1.1)) : $0 }
    }
    return exp(divergence / Double(clips.count))
  }
}
