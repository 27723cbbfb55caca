// Video2Roll: the network that the paper takes from Audeo (Su, Liu and Shlizerman 2020), to the parameter: a ResNet-18 of
// five grey frames whose levels correct each other.
import Layers
import Tensors

/// [batch, 100, 900, 5] ↦ logits of the middle frame's keys, [batch, keys].
///
/// Greys are 0…1, the picture is the keyboard's. Other sizes will do if three halvings of both leave odd numbers of rows
/// and columns twice, as 100 × 900 does (13 × 113, 7 × 57). Weights have the names of the released code, whose 51 keys are
/// the 16th to the 66th of a piano.
public struct Video2Roll: Sendable {
  /// Rows and columns of a picture.
  public static let size = (rows: 100, columns: 900)
  /// What the released network tells, counted from A0.
  public static let releasedKeys = 15...65

  private let first: Conv2d, firstNorm: BatchNorm
  /// The four levels of the ResNet, of 64, 128, 256 and 512 channels.
  private let levels: [[ResidualBlock]]
  private let top: Conv2d, topNorm: BatchNorm
  private let refine: (level2: [FeatureTransform], level3: FeatureTransform, level4: FeatureTransform)
  private let gates: (level2: FeatureGate, level3: FeatureGate, level4: FeatureGate)
  private let correct: Conv2d, output: Linear

  /// - Parameter keys: 88, or the 51 of the released weights.
  public init(_ w: Scope, keys: Int = 88) {
    first = Conv2d(
      w / "conv1", inputs: RollInput.frames, outputs: 64, taps: (11, 11), stride: (2, 2), padding: (4, 4), bias: false,
      initial: .scaled(outputs: 64, taps: 121))
    firstNorm = BatchNorm(w / "bn1", width: 64)
    let widths = [64, 64, 128, 256, 512]
    levels = (1...4).map { level in
      (0..<2).map { block in
        ResidualBlock(
          w / "layer\(level)" / block, inputs: block == 0 ? widths[level - 1] : widths[level], outputs: widths[level],
          stride: block == 0 && level > 1 ? 2 : 1)
      }
    }
    refine = (
      [FeatureTransform(w / "FTB2_1", inputs: 128), FeatureTransform(w / "FTB2_2", inputs: 128)],
      FeatureTransform(w / "FTB3", inputs: 256), FeatureTransform(w / "FTB4", inputs: 512)
    )
    gates = (
      FeatureGate(w / "FRB2", high: 128), FeatureGate(w / "FRB3", high: 128), FeatureGate(w / "FRB4", high: 64)
    )
    top = Conv2d(
      w / "toplayer", inputs: 512, outputs: 64, taps: (1, 1), initial: .scaled(outputs: 64, taps: 1))
    topNorm = BatchNorm(w / "toplayer_bn", width: 64)
    correct = Conv2d(w / "conv2", inputs: 128, outputs: 128, taps: (1, 1), initial: .scaled(outputs: 128, taps: 1))
    output = Linear(w / "fc", inputs: 128, outputs: keys)
  }

  public func callAsFunction(_ pictures: Tensor, _ statistics: BatchStatistics = .measured) -> Tensor {
    precondition(pictures.shape.rank == 4 && pictures.shape[3] == RollInput.frames, "pictures \(pictures.shape)")
    var x = relu(first(pictures, firstNorm, statistics))
    x = Pooling2d(.largest, length: (3, 3), stride: (2, 2), padding: (1, 1))(x)
    let seen = levels.map { level in
      for block in level { x = block(x, statistics) }
      return x
    }
    let summit = relu(topNorm(top(seen[3]), statistics))
    let level2 = refine.level2.reduce(seen[1]) { $1($0, statistics) }
    let p4 = gates.level4(refine.level4(seen[3], halves: false, statistics), summit)
    let p3 = gates.level3(refine.level3(seen[2], statistics), p4)
    let p2 = gates.level2(level2, p3)
    let y = correct(spatialSoftmax(p2 * p3) * p4) + p4
    return output(pooled(y, .mean).reshaped(y.shape[0], y.shape[3]))
  }
}

extension Initial {
  /// Normal, √(2/(taps·outputs)): as the released code begins.
  static func scaled(outputs: Int, taps: Int) -> Initial {
    .normal(deviation: (2 / Float(taps * outputs)).squareRoot())
  }
}

/// Each channel of a picture to numbers that add up to 1: eˣ/Σ eˣ over rows and columns.
func spatialSoftmax(_ x: Tensor) -> Tensor {
  let powers = exp(x - pooled(x, .largest))
  // Σ = count·mean; 1/Σ = e^−ln Σ.
  let sums = pooled(powers, .mean) * Float(x.shape[1] * x.shape[2])
  return powers * exp(log(sums, floor: 1e-30) * -1)
}
