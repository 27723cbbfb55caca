// FeatureLoss: how far what the discriminator's layers see of two sounds is apart. It tells the codec what differs,
// where the score alone says only that something does.
import Tensors

public enum FeatureLoss {
  /// (1/KL) Σ_k Σ_l mean |D_kˡ(x) − D_kˡ(x̂)| / mean |D_kˡ(x)|, for layers l = 1…L of K windows.
  public static func value(_ made: [Judgement], real: [Judgement]) -> Tensor {
    average(
      zip(made, real).flatMap { made, real in
        zip(made.features, real.features).map { ours, theirs in
          let level = max(1e-6, meanAbsolute(theirs.untracked).scalar)
          return meanAbsolute(ours - theirs.untracked) * (1 / level)
        }
      })
  }
}
