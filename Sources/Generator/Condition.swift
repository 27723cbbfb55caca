// Condition: what the roll stream reads of each frame: the roll, what the strings alone would sound like, and a flag.
import Score
import Tensors

/// The layout of a condition row: roll, harmonic energies of the source, and 1 where there is no score at all.
public enum Condition {
  public static func width(harmonicBands: Int) -> Int { RollWriter.width + harmonicBands + 1 }

  /// Writes a row.
  ///
  /// - Parameters:
  ///   - roll: `RollWriter.width` numbers.
  ///   - energy: of the harmonic bands, ln of the mean square.
  public static func write(
    roll: UnsafePointer<Float>, energy: UnsafePointer<Float>, harmonicBands: Int,
    into row: UnsafeMutablePointer<Float>
  ) {
    row.update(from: roll, count: RollWriter.width)
    for band in 0..<harmonicBands { row[RollWriter.width + band] = energy[band] / 6 + 1.5 }
    row[RollWriter.width + harmonicBands] = 0
  }

  /// Rows that say that there is no score: what guidance steers away from.
  public static func absent(frames: Int, width: Int) -> Tensor {
    let rows = Tensor(zeros: Shape(1, frames, width))
    for frame in 0..<frames { rows[frame * width + width - 1] = 1 }
    return rows
  }
}
