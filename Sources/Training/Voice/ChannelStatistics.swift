// ChannelStatistics: what latents are normalised with, so that the flow begins at numbers of their own size.
import Tensors

/// Mean and deviation of each channel, taken in a piece at a time.
struct ChannelStatistics {
  private var sum: [Double], square: [Double], count = 0.0

  init(width: Int) {
    sum = [Double](repeating: 0, count: width)
    square = sum
  }

  /// Latents [frames, width].
  mutating func add(_ latents: Tensor) {
    for frame in 0..<latents.shape[0] {
      for channel in sum.indices {
        let value = Double(latents[frame * sum.count + channel])
        sum[channel] += value
        square[channel] += value * value
      }
    }
    count += Double(latents.shape[0])
  }

  var statistics: LatentStatistics { LatentStatistics(mean: mean, deviation: deviation) }

  var mean: Tensor { Tensor(Shape(sum.count), sum.map { Float($0 / count) }) }

  var deviation: Tensor {
    Tensor(
      Shape(sum.count),
      sum.indices.map { channel in
        let mean = sum[channel] / count
        return Float(max(1e-3, (square[channel] / count - mean * mean).squareRoot()))
      })
  }
}
