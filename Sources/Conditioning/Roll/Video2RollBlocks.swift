// Video2RollBlocks: the three pieces of Video2Roll: residual blocks, what brings a level to the size of the last one, and
// what lets a higher level weigh the channels of a lower one.
import Layers
import Tensors

/// relu(norm(conv(relu(norm(conv(x))))) + x), x brought to the result's size by a 1 × 1 convolution where it differs.
struct ResidualBlock: Sendable {
  private let first: Conv2d, firstNorm: BatchNorm, second: Conv2d, secondNorm: BatchNorm
  private let shortcut: (convolution: Conv2d, norm: BatchNorm)?

  init(_ w: Scope, inputs: Int, outputs: Int, stride: Int) {
    first = Conv2d(threeByThree: w / "conv1", inputs: inputs, outputs: outputs, stride: stride)
    firstNorm = BatchNorm(w / "bn1", width: outputs)
    second = Conv2d(threeByThree: w / "conv2", inputs: outputs, outputs: outputs)
    secondNorm = BatchNorm(w / "bn2", width: outputs)
    let differs = stride != 1 || inputs != outputs
    shortcut =
      differs
      ? (
        Conv2d(
          w / "downsample" / 0, inputs: inputs, outputs: outputs, taps: (1, 1), stride: (stride, stride), bias: false,
          initial: .scaled(outputs: outputs, taps: 1)), BatchNorm(w / "downsample" / 1, width: outputs)
      ) : nil
  }

  func callAsFunction(_ x: Tensor, _ statistics: BatchStatistics) -> Tensor {
    let rest = shortcut.map { $0.convolution(x, $0.norm, statistics) } ?? x
    return relu(second(relu(first(x, firstNorm, statistics)), secondNorm, statistics) + rest)
  }
}

/// y + conv(relu(norm(conv(y)))) with y a 1 × 1 convolution of x and a rim of zeros; then means of 2 × 2 places, or of
/// 3 × 3 without leaving any out, which takes off the rim again.
struct FeatureTransform: Sendable {
  private let change: Conv2d, first: Conv2d, norm: BatchNorm, second: Conv2d

  init(_ w: Scope, inputs: Int) {
    change = Conv2d(
      w / "conv0", inputs: inputs, outputs: 128, taps: (1, 1), padding: (1, 1), bias: false,
      initial: .scaled(outputs: 128, taps: 1))
    first = Conv2d(threeByThree: w / "conv1", inputs: 128, outputs: 128)
    norm = BatchNorm(w / "bn1", width: 128)
    second = Conv2d(threeByThree: w / "conv2", inputs: 128, outputs: 128)
  }

  func callAsFunction(_ x: Tensor, halves: Bool = true, _ statistics: BatchStatistics) -> Tensor {
    let y = change(x)
    let refined = second(relu(first(y, norm, statistics))) + y
    return halves
      ? Pooling2d(.mean, length: (2, 2), stride: (2, 2))(refined)
      : Pooling2d(.mean, length: (3, 3), stride: (1, 1))(refined)
  }
}

/// low·σ(W₂·relu(W₁·mean(low, high))): channels of 128, of which the means of both levels say how much each counts.
struct FeatureGate: Sendable {
  private let first: Linear, second: Linear

  init(_ w: Scope, high: Int) {
    first = Linear(w / "fc1", inputs: 128 + high, outputs: 128)
    second = Linear(w / "fc2", inputs: 128, outputs: 128)
  }

  func callAsFunction(_ low: Tensor, _ high: Tensor) -> Tensor {
    let means = concatenate([pooled(low, .mean), pooled(high, .mean)], axis: 3)
    return low * sigmoid(second(relu(first(means))))
  }
}

extension Conv2d {
  fileprivate init(threeByThree w: Scope, inputs: Int, outputs: Int, stride: Int = 1) {
    self.init(
      w, inputs: inputs, outputs: outputs, taps: (3, 3), stride: (stride, stride), padding: (1, 1), bias: false,
      initial: .scaled(outputs: outputs, taps: 9))
  }
}
