// ContrastFrames: which frames the contrastive losses compare. They compare every one with every other: the work grows with
// the square of their number, and neighbours say nearly the same.
import Tensors

public enum ContrastFrames {
  /// Some frames of every clip, those of a clip one after the other: [clips, frames, width] ↦ [clips·chosen, width].
  public static func rows(_ x: Tensor, frames chosen: [Int]) -> Tensor {
    let (clips, width) = (x.shape[0], x.shape[2])
    return concatenate(chosen.map { x.slice(axis: 1, start: $0, length: 1) }, axis: 1)
      .reshaped(clips * chosen.count, width)
  }

  /// As many frames as asked for, or all there are, one anywhere in each of so many equal parts of a clip.
  public static func drawn(_ count: Int, of frames: Int, _ random: inout ShardRandom) -> [Int] {
    let count = min(count, frames)
    return (0..<count).map { part in
      random.integer(in: part * frames / count..<(part + 1) * frames / count)
    }
  }
}
