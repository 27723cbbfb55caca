// RollLoss: how far a predictor's answers are from the truth, as one number, and what it is made of.
// Probabilities are judged by their cross-entropy (as Audeo's) or by their squares (as the paper's roll loss).
import Conditioning
import Tensors

/// L = L_down + 2·L_onset + L_shift + w·L_velocity + L_height + L_pedals.
///
/// L_down and L_onset: means over windows and keys, times `keysWeight`; L_shift: the mean of (Δ shift)² where a note begins,
/// times 4; L_velocity: the mean cross-entropy of velocity/127 where one begins nearby or soon; L_height: the mean of
/// (Δ height)² where a finger is known to hang over a key, times 4; L_pedals: the cross-entropy of depths.
public struct RollLoss: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// −t·ln σ(x) − (1 − t)·ln(1 − σ(x)).
    case crossEntropy = "bce"
    /// (σ(x) − t)².
    case square = "mse"
  }

  public let kind: Kind
  /// About as many keys as matter in a frame.
  private static let keysWeight: Float = 10
  /// w. A velocity changes little of a cross-entropy: 20 of 127 off cost 0.05.
  public let velocityWeight: Float
  public static let usualVelocityWeight: Float = 8

  public init(_ kind: Kind = .crossEntropy, velocityWeight: Float = RollLoss.usualVelocityWeight) {
    (self.kind, self.velocityWeight) = (kind, velocityWeight)
  }

  public func callAsFunction(_ answers: RollLogits, _ truth: RollShard) -> Losses {
    let down = mean(distance(answers.down, truth.down)) * Self.keysWeight
    let onset = mean(distance(answers.onset, truth.onset)) * Self.keysWeight
    let error = (answers.shift - truth.shift) * truth.onset
    let shift = meanSquare(error) * (Float(error.shape.count) / count(truth.onset) * 2)
    var total = down + onset * 2 + shift
    var parts = [Measure("down", down.scalar), Measure("onset", onset.scalar), Measure("shift", shift.scalar)]
    if let answer = answers.velocity {
      let entropy = Self.crossEntropy(answer, truth.velocity) * truth.isStruck
      let velocity = mean(entropy) * (Float(entropy.shape.count) / count(truth.isStruck))
      total = total + velocity * velocityWeight
      parts.append(Measure("velocity", velocity.scalar))
    }
    if let answer = answers.height {
      let error = (answer - truth.height) * truth.isOver
      let height = meanSquare(error) * (Float(error.shape.count) / count(truth.isOver))
      total = total + height * 4
      parts.append(Measure("height", height.scalar))
    }
    var pedals: Float = 0
    if let answer = answers.pedals {
      let loss = Self.pedals(answer, truth)
      total = total + loss
      pedals = loss.scalar
    }
    // Every shard names the same parts, also one that sees no pedals.
    parts.append(Measure("pedals", pedals))
    return Losses(total, parts)
  }

  /// L_pedals, of depths.
  static func pedals(_ answer: Tensor, _ truth: RollShard) -> Tensor {
    mean(crossEntropy(answer, truth.pedals)) * 3
  }

  /// Of an answer that tells which keys are down, and nothing else.
  func down(_ answer: Tensor, _ truth: RollShard) -> Losses {
    Losses(mean(distance(answer, truth.down)) * Self.keysWeight)
  }

  private func distance(_ x: Tensor, _ truth: Tensor) -> Tensor {
    switch kind {
    case .crossEntropy: return Self.crossEntropy(x, truth)
    case .square:
      let error = sigmoid(x) - truth
      return error * error
    }
  }

  /// max(x, 0) − x·t + ln(1 + e^−|x|), element by element: no overflow for any x.
  package static func crossEntropy(_ x: Tensor, _ truth: Tensor) -> Tensor {
    let positive = relu(x)
    let magnitude = positive + relu(x * -1)
    return positive - x * truth + log(exp(magnitude * -1) + 1, floor: 1)
  }

  /// How many ones, at least 1.
  private func count(_ mask: Tensor) -> Float { max(1, mask.array.reduce(0, +)) }
}
