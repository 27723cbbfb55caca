// BatchNorm: each channel to zero mean and unit variance, then a learned scale and shift. In training the statistics are
// the batch's; later they are those of much data, measured once, so that a picture's result is its own.
import Tensors

/// Whose mean and variance a norm takes.
public enum BatchStatistics: Sendable {
  /// Those that were measured.
  case measured
  /// The batch's, as in training.
  case ofBatch
  /// The batch's, which are also taken down.
  case measuring(BatchMeasurement)
}

/// (x − mean)/√(variance + ε)·weight + bias along the last axis.
///
/// The measured statistics are constants of the model, under PyTorch's names `running_mean` and `running_var`; they begin as
/// 0 and 1. Here no average runs along while weights still change: they are measured with the weights that are kept.
public struct BatchNorm: Sendable {
  public let weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor
  private let epsilon: Float

  public init(_ w: Scope, width: Int, epsilon: Float = 1e-5) {
    weight = w("weight", width, initial: .ones)
    bias = w("bias", width, initial: .zeros)
    mean = w.constant("running_mean", width, initial: .zeros)
    variance = w.constant("running_var", width, initial: .ones)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor, _ statistics: BatchStatistics = .measured) -> Tensor {
    switch statistics {
    case .measured: return x * scale + shift
    case .measuring(let measurement):
      measurement.take(x, for: self)
      fallthrough
    case .ofBatch: return BatchNormalisation(epsilon: epsilon)(x) * weight + bias
    }
  }

  /// What is left to do with measured statistics: x·scale + shift.
  var scale: Tensor { weight * exp(log(variance + epsilon, floor: 1e-30) * -0.5) }
  var shift: Tensor { bias - mean * scale }
}

extension Conv2d {
  /// A convolution without a bias, and the norm behind it: one convolution once the statistics are measured.
  public func callAsFunction(_ x: Tensor, _ norm: BatchNorm, _ statistics: BatchStatistics) -> Tensor {
    precondition(bias == nil, "a bias before a norm does nothing")
    guard case .measured = statistics else { return norm(self(x), statistics) }
    return convolution(x, weight * norm.scale.reshaped(norm.scale.shape.count, 1), norm.shift)
  }
}

/// Takes down means and variances of batches, and makes of them those of all the data (Wu and Johnson, *Rethinking "batch"
/// in BatchNorm*, 2021, section 3.1).
public final class BatchMeasurement: @unchecked Sendable {
  private struct Sum {
    let norm: BatchNorm
    var rows = 0.0
    var mean: [Double], square: [Double]
  }
  private var sums: [ObjectIdentifier: Sum] = [:]

  public init() {}

  /// One thread at a time.
  func take(_ x: Tensor, for norm: BatchNorm) {
    let (mean, variance) = channelMoments(x)
    let none = [Double](repeating: 0, count: mean.count)
    let rows = Double(x.shape.rows)
    let key = ObjectIdentifier(norm.mean.storage)
    var sum = sums[key] ?? Sum(norm: norm, mean: none, square: none)
    sum.rows += rows
    for index in mean.indices {
      sum.mean[index] += rows * mean[index]
      sum.square[index] += rows * (variance[index] + mean[index] * mean[index])
    }
    sums[key] = sum
  }

  /// Writes the statistics of everything that was taken down into the norms.
  public func settle() {
    for sum in sums.values {
      for index in sum.mean.indices {
        let mean = sum.mean[index] / sum.rows
        sum.norm.mean[index] = Float(mean)
        sum.norm.variance[index] = Float(max(0, sum.square[index] / sum.rows - mean * mean))
      }
    }
    sums = [:]
  }
}
