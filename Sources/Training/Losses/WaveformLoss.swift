// WaveformLoss: how far two sounds are apart sample by sample. It means something only where a codec carries phase.
import Tensors

public enum WaveformLoss {
  /// mean |x − x̂|; both [batch, samples].
  public static func value(_ ours: Tensor, target: Tensor) -> Tensor { meanAbsolute(ours - target.untracked) }
}
