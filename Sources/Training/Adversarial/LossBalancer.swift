// LossBalancer: gives every loss the share of the gradient that its weight asks for, whatever the loss's own scale.
// Défossez et al. 2022, section 3.4: weights then mean what they say, and need no tuning against each other.
import Tensors

/// g = R · Σ_i λ_i/Σλ · g_i / ⟨‖g_i‖⟩, with g_i the gradient of loss i with respect to the output, ‖·‖ the mean norm of
/// the items of a batch, and ⟨·⟩ its running mean, freed of its beginning: t ← βt + n, w ← βw + 1, ⟨n⟩ = t/w.
///
/// The running mean is that of the steps before, so that the shards of a step need not wait for each other; at a loss's
/// first step, a shard's own norm stands for it.
public final class LossBalancer: @unchecked Sendable {
  public let weights: [Float]
  /// R, the norm that the balanced gradient has on average when the parts agree.
  public let total: Float
  public let decay: Float
  /// t and w, a number a loss: all that must be kept to go on.
  let sums: Tensor, counts: Tensor
  private static let epsilon: Float = 1e-12

  public init(weights: [Float], total: Float = 1, decay: Float = 0.999) {
    precondition(weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 } && total > 0, "weights \(weights)")
    self.weights = weights
    self.total = total
    self.decay = decay
    sums = Tensor(zeros: Shape(weights.count))
    counts = Tensor(zeros: Shape(weights.count))
  }

  /// Puts gradients of the same output together. Called on several threads between two calls of `update`.
  ///
  /// - Parameter gradients: [batch, samples] each, of the first losses; later ones have no say yet.
  /// - Returns: the balanced gradient, and the norms to `update` with.
  public func balance(_ gradients: [Tensor]) -> (gradient: Tensor, norms: [Float]) {
    let norms = gradients.map(Self.norm)
    let sum = weights.prefix(gradients.count).reduce(0, +)
    var balanced = Tensor(zeros: gradients[0].shape)
    for (index, gradient) in gradients.enumerated() where weights[index] > 0 {
      let usual = counts[index] > 0 ? sums[index] / counts[index] : norms[index]
      balanced = balanced + gradient * (total * weights[index] / sum / (usual + Self.epsilon))
    }
    return (balanced, norms)
  }

  /// Takes in a step's norms: the means over its shards.
  public func update(_ norms: [Float]) {
    for (index, norm) in norms.enumerated() {
      sums[index] = decay * sums[index] + norm
      counts[index] = decay * counts[index] + 1
    }
  }

  /// The mean of the items' norms.
  private static func norm(_ gradient: Tensor) -> Float {
    let items = gradient.shape[0]
    let size = Float(gradient.shape.count / items)
    return (0..<items).reduce(0) { sum, item in
      let square = meanSquare(gradient.slice(axis: 0, start: item, length: 1)).scalar * size
      return sum + square.squareRoot()
    } / Float(items)
  }
}
