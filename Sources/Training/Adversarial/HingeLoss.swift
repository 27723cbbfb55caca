// HingeLoss: what discriminator and codec try to do to the score: to spread it, and to raise it.
// No gain beyond ±1, so that neither side runs away (Lim and Ye, *Geometric GAN*, 2017).
import Tensors

public enum HingeLoss {
  /// (1/K) Σ_k mean max(0, 1 − D_k(x)) + mean max(0, 1 + D_k(x̂)): small when recordings x score above 1, and what the
  /// codec made of them, x̂, below −1.
  public static func discriminator(real: [Judgement], made: [Judgement]) -> Tensor {
    average(zip(real, made).map { mean(relu($0.score * -1 + 1)) + mean(relu($1.score + 1)) })
  }

  /// (1/K) Σ_k mean max(0, 1 − D_k(x̂)): small when what the codec made is taken for a recording.
  public static func codec(made: [Judgement]) -> Tensor {
    average(made.map { mean(relu($0.score * -1 + 1)) })
  }
}

/// (1/K) Σ_k x_k.
func average(_ parts: [Tensor]) -> Tensor {
  parts.dropFirst().reduce(parts[0]) { $0 + $1 } * (1 / Float(parts.count))
}
