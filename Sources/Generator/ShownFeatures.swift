// ShownFeatures: the features of a film's pictures brought to the rate of the latents.
import Tensors

/// y[t] = features[p(t)], where p(t) is the last picture that is shown by the middle of latent frame t, (t + ½)/75 s: no
/// frame sees a picture before it is shown. Before the first picture it is the first.
public enum ShownFeatures {
  /// - Parameters:
  ///   - features: one a picture, [pictures, width]; at least one.
  ///   - times: when each is shown, in seconds from the sound's beginning; rising.
  ///   - first: the first of the latent frames.
  /// - Returns: [1, frames, width].
  public static func atLatentRate(_ features: Tensor, times: [Double], first: Int = 0, frames: Int) -> Tensor {
    let width = features.shape[1]
    precondition(features.shape[0] == times.count && !times.isEmpty, "\(times.count) times of \(features.shape)")
    let rows = Tensor(zeros: Shape(1, frames, width))
    var picture = 0
    for frame in 0..<frames {
      let middle = (Double(first + frame) + 0.5) / 75
      while picture + 1 < times.count && times[picture + 1] <= middle { picture += 1 }
      (rows.data + frame * width).update(from: features.data + picture * width, count: width)
    }
    return rows
  }
}
