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
    let rows = Tensor(zeros: Shape(1, frames, features.shape[1]))
    write(features, times: times, first: Int64(first), frames: frames, into: rows.data)
    return rows
  }

  /// The same, into room for [frames, width].
  public static func write(
    _ features: Tensor, times: [Double], first: Int64, frames: Int, into rows: UnsafeMutablePointer<Float>
  ) {
    for frame in 0..<frames {
      let middle = (Double(first) + Double(frame) + 0.5) / 75
      write(features, times: times, at: middle, into: rows + frame * features.shape[1])
    }
  }

  /// The features of the last picture that is shown by a time, into room for [width].
  public static func write(
    _ features: Tensor, times: [Double], at seconds: Double, into row: UnsafeMutablePointer<Float>
  ) {
    let width = features.shape[1]
    precondition(features.shape[0] == times.count && !times.isEmpty, "\(times.count) times of \(features.shape)")
    // The first picture that is shown later.
    var (low, high) = (0, times.count)
    while low < high {
      let between = (low + high) / 2
      if times[between] <= seconds { low = between + 1 } else { high = between }
    }
    row.update(from: features.data + max(0, low - 1) * width, count: width)
  }
}
