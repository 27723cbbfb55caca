// PairCritic: a network that tells pairs that belong together from pairs that do not, and the two bounds on what the sides
// of a pair know of each other that such a critic gives: InfoNCE from below, CLUB from above.
import Foundation
import Layers
import Tensors

/// T(x, y) = W₃·relu(W₂·relu(W₁·[x, y])).
struct PairCritic: Sendable {
  /// The halves of W₁: what x says, and what y says, are computed once for all their pairs.
  let first: (x: Linear, y: Linear)
  let second: Linear, third: Linear

  /// - Parameter inputs: the width of x, and of y.
  init(_ w: Scope, inputs: Int, hidden: Int) {
    let initial = Initial.fan(2 * inputs)
    first = (
      Linear(w / "first" / "x", inputs: inputs, outputs: hidden, bias: false, initial: initial),
      Linear(w / "first" / "y", inputs: inputs, outputs: hidden, initial: initial)
    )
    second = Linear(w / "second", inputs: hidden, outputs: hidden)
    third = Linear(w / "third", inputs: hidden, outputs: 1)
  }

  private init(frozen critic: PairCritic) {
    func still(_ map: Linear) -> Linear { Linear(weight: map.weight.untracked, bias: map.bias?.untracked) }
    first = (still(critic.first.x), still(critic.first.y))
    (second, third) = (still(critic.second), still(critic.third))
  }

  /// The same critic, which does not learn.
  var frozen: PairCritic { PairCritic(frozen: self) }

  /// T of every pair: row i, column j is T(x_j, y_i). x and y are [n, inputs]; the result is [n, n].
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor {
    let (n, hidden) = (x.shape[0], second.weight.shape[1])
    precondition(x.shape == y.shape, "pairs of \(x.shape) and \(y.shape)")
    let both = relu(first.x(x).reshaped(1, n, hidden) + first.y(y).reshaped(n, 1, hidden))
    return third(relu(second(both))).reshaped(n, n)
  }
}

/// What the scores T(x_j, y_i) of n pairs, [n, n], say.
enum PairBound {
  /// −[ (1/n) Σ_i T(x_i, y_i) − (1/n) Σ_i ln Σ_j exp T(x_j, y_i) + ln n ]: less than −1 times what x and y share.
  static func nce(_ scores: Tensor) -> Tensor {
    (matching(scores) - mean(logSumExp(scores)) + logf(Float(scores.shape[0]))) * -1
  }

  /// (1/n) Σ_i T(x_i, y_i) − (1/n²) Σ_ij T(x_j, y_i): more than what x and y share, if the critic is good.
  static func club(_ scores: Tensor) -> Tensor { matching(scores) - mean(scores) }

  /// (1/n) Σ_i T(x_i, y_i).
  private static func matching(_ scores: Tensor) -> Tensor {
    let n = scores.shape[0]
    let diagonal = Tensor(zeros: scores.shape)
    for i in 0..<n { diagonal[i * n + i] = 1 }
    return mean(scores * diagonal) * Float(n)
  }
}
