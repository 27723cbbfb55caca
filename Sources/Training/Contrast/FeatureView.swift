// FeatureView: another view of a frame's features, which tells the same: FactorCL's choice for vectors.
import Tensors

public enum FeatureView {
  /// How strong the noise is, in standard deviations of a row, and how many features are left out.
  private enum Amount { static let noise: Float = 0.1, dropped: Float = 0.2 }

  /// Each row with noise, or with a fifth of its features left out, or as it is, a third of the rows each.
  ///
  /// - Parameter x: [rows, width]. Gradients reach it through what is kept.
  public static func drawn(_ x: Tensor, _ random: inout ShardRandom) -> Tensor {
    let width = x.shape.width
    let kept = Tensor(repeating: 1, x.shape)
    let added = Tensor(zeros: x.shape)
    for row in 0..<x.shape.rows {
      let at = row * width
      switch random.integer(in: 0..<3) {
      case 0:
        random.normal(into: added.data + at, count: width)
        let energy = (0..<width).reduce(Float(0)) { $0 + x[at + $1] * x[at + $1] }
        let level = Amount.noise * (energy / Float(width)).squareRoot()
        for index in at..<at + width { added[index] *= level }
      case 1: for index in at..<at + width where random.uniform() < Amount.dropped { kept[index] = 0 }
      default: break
      }
    }
    return x * kept + added
  }
}
