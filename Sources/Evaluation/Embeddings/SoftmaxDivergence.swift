// SoftmaxDivergence: whether a classifier hears in a made sound what it hears in the true one, clip by clip.
import Glibc

/// KL = 1/N Σₙ Σᵢ p(ln p − ln(q + ε)) with p the softmax of the true clip's outputs and q that of the made one's.
///
/// - Parameters:
///   - made: outputs before any sigmoid or softmax, a row a clip.
///   - real: those of the clips that belong to them, in the same order.
///   - epsilon: 1e-6 in audioldm_eval; 0 in av-benchmark, as PyTorch's `kl_div` of `log_softmax` has it.
/// - Throws: `MetricError` unless there are pairs of equal widths.
public func softmaxDivergence(
  made: Embeddings, real: Embeddings, epsilon: Double = 1e-6
) throws(MetricError) -> Double {
  try made.checkPairs(with: real)
  var sum = 0.0
  for clip in 0..<made.count {
    let (p, q) = (logSoftmax(real[clip]), logSoftmax(made[clip]))
    for (p, q) in zip(p, q) {
      let share = exp(p)
      // 0·ln 0 = 0.
      if share > 0 { sum += share * (p - (epsilon > 0 ? log(exp(q) + epsilon) : q)) }
    }
  }
  return sum / Double(made.count)
}
