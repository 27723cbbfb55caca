// YAMNet: 1024 numbers for each 0.96 s of sound, and how much each of 521 kinds is heard in it, with few multiplications
// (Plakal and Ellis 2020; Howard and others 2017, MobileNets). Its weights have the names of its port to PyTorch.
import Layers
import Tensors

/// [patches, 96, 64, 1]: a convolution of 3 × 3, then thirteen pairs of one of 3 × 3, each channel for itself, and one of
/// 1 × 1, all with norm and ReLU; the mean over time and bands is the embedding, a linear map of it the outputs.
public struct YAMNet: Sendable {
  /// Of a patch: frames and bands, and frames from one patch to the next.
  public static let patch = (frames: 96, bands: 64, hop: 48)
  /// Of the pairs: how far windows move, and channels, as multiples of the first convolution's.
  private static let pairs: [(stride: Int, channels: Int)] =
    [(1, 2), (2, 4), (1, 4), (2, 8), (1, 8), (2, 16)] + [(Int, Int)](repeating: (1, 16), count: 5) + [(2, 32), (1, 32)]
  private let first: Conv2d, firstNorm: BatchNorm
  private let pairs: [Pair]
  private let output: Linear

  /// - Parameters:
  ///   - width: channels of the first convolution.
  ///   - kinds: of sound.
  public init(_ w: Scope, width: Int = 32, kinds: Int = 521) {
    let beginning = w / "layer1" / "fused"
    first = Conv2d(beginning / "conv", inputs: 1, outputs: width, taps: (3, 3), stride: (2, 2), bias: false)
    firstNorm = BatchNorm(beginning / "bn", width: width, epsilon: 1e-4)
    var inputs = width
    pairs = Self.pairs.enumerated().map { index, pair in
      defer { inputs = pair.channels * width }
      return Pair(w / "layer\(index + 2)", inputs: inputs, outputs: pair.channels * width, stride: pair.stride)
    }
    output = Linear(w / "classifier", inputs: inputs, outputs: kinds)
  }

  public func callAsFunction(_ patches: Tensor) -> Tagging {
    precondition(patches.shape.rank == 4 && patches.shape[3] == 1, "patches \(patches.shape)")
    let seen = relu(first(surrounded(patches, stride: 2), firstNorm, .measured))
    let x = pairs.reduce(seen) { $1($0) }
    let embeddings = pooled(x, .mean).reshaped(x.shape[0], x.shape[3])
    return Tagging(embeddings: embeddings, outputs: output(embeddings))
  }

  private struct Pair: Sendable {
    let stride: Int
    let each: DepthwiseConv2d, eachNorm: BatchNorm, all: Conv2d, allNorm: BatchNorm

    init(_ w: Scope, inputs: Int, outputs: Int, stride: Int) {
      self.stride = stride
      let (one, other) = (w / "depthwise_conv", w / "pointwise_conv")
      each = DepthwiseConv2d(one / "conv", channels: inputs, taps: (3, 3), stride: (stride, stride))
      eachNorm = BatchNorm(one / "bn", width: inputs, epsilon: 1e-4)
      all = Conv2d(other / "conv", inputs: inputs, outputs: outputs, taps: (1, 1), bias: false)
      allNorm = BatchNorm(other / "bn", width: outputs, epsilon: 1e-4)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      relu(all(relu(eachNorm(each(surrounded(x, stride: stride)))), allNorm, .measured))
    }
  }
}

/// With zeros around for windows of three, so that ⌈size/stride⌉ of them fit: where their number is odd, one more behind than
/// before, as TensorFlow's `SAME`.
private func surrounded(_ x: Tensor, stride: Int) -> Tensor {
  func rim(_ size: Int) -> (before: Int, behind: Int) {
    let all = max(0, ((size + stride - 1) / stride - 1) * stride + 3 - size)
    return (all / 2, all - all / 2)
  }
  let (batch, rows, columns, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let (along, across) = (rim(rows), rim(columns))
  let taller = Padding(.zeros, left: along.before, right: along.behind)(x.reshaped(batch, rows, columns * channels))
  let wider = Padding(.zeros, left: across.before, right: across.behind)(
    taller.reshaped(batch * taller.shape[1], columns, channels))
  return wider.reshaped(batch, taller.shape[1], wider.shape[1], channels)
}
