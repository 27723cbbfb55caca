// ExactTimes: times in files of floats: each as two, whose sum is exact to a nanosecond for a day. One alone would lose the milliseconds
// of long films.
import Tensors

public enum ExactTimes {
  /// t ≈ a + b, a the nearest float, b that of the rest.
  public static func pair(_ time: Double) -> [Float] { [Float(time), Float(time - Double(Float(time)))] }

  /// The times in the first two columns of [rows, 2…].
  public static func seconds(_ rows: Tensor) -> [Double] {
    let width = rows.shape[1]
    return (0..<rows.shape[0]).map { Double(rows[width * $0]) + Double(rows[width * $0 + 1]) }
  }

  /// [times, 2].
  public static func rows(_ times: [Double]) -> Tensor { Tensor(Shape(times.count, 2), times.flatMap(pair)) }
}
