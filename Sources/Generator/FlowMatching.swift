// FlowMatching: straight paths from noise to latents, and the times at which a sampler stops on them.
// x_t = (1 − t)·noise + t·latent; the field to learn is latent − noise.
import Glibc

/// The flow's formulas.
public enum FlowMatching {
  /// Sway sampling: t(u) = u + s·(cos(πu/2) − 1 + u); s = −1 spends more steps near the noise.
  public static func sway(_ u: Float, _ s: Float = -1) -> Float { u + s * (cosf(.pi / 2 * u) - 1 + u) }

  /// The k-th of the times 0 = t₀ < t₁ < … < t_steps = 1.
  public static func time(_ k: Int, of steps: Int) -> Float {
    k <= 0 ? 0 : k >= steps ? 1 : sway(Float(k) / Float(steps))
  }
}
