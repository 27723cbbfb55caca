// Operations on pictures: each against finite differences, inside a Program bit for bit, and against its formula.
import Glibc
import Tensors
import Testing

struct PictureOperations {
  static let cases: [(name: String, inputs: [Tensor], operation: @Sendable ([Tensor]) -> Tensor)] = [
    (
      "largest of windows", [spread(2, 5, 7, 3)],
      { Pooling2d(.largest, length: (3, 3), stride: (2, 2), padding: (1, 1))($0[0]) }
    ),
    ("largest of all", [spread(2, 3, 4, 2)], { pooled($0[0], .largest) }),
    ("mean of windows", [sample(2, 5, 8, 3)], { Pooling2d(.mean, length: (2, 3), stride: (2, 2))($0[0]) }),
    (
      "mean of what lies inside", [sample(1, 4, 5, 18)],
      { Pooling2d(.mean, length: (3, 2), stride: (1, 3), padding: (1, 1))($0[0]) }
    ),
    ("mean of all", [sample(2, 3, 4, 2)], { pooled($0[0], .mean) }),
    (
      "each channel for itself", [sample(2, 5, 6, 3), sample(3, 2, 3, seed: 2)],
      { DepthwiseConvolution2d(stride: (2, 1), padding: (1, 1))($0) }
    ),
    (
      "many channels for themselves", [sample(1, 4, 4, 19), sample(3, 3, 19, seed: 2)],
      { DepthwiseConvolution2d()($0) }
    ),
    ("norm over a batch", [sample(2, 3, 4, 5)], { BatchNormalisation()($0[0]) }),
    ("norm over many rows", [sample(300, 17)], { BatchNormalisation(epsilon: 0.1)($0[0]) }),
    ("mixing", [sample(5, 7), sample(3, 7, 4, seed: 2)], { Mixing()($0) }),
    ("mixing with the transpose", [sample(7, 5), sample(3, 7, 33, seed: 2)], { Mixing(transposed: true)($0) }),
    ("sigmoid", [sample(3, 5) * 4], { sigmoid($0[0]) }),
  ]

  /// Numbers of which no two are so close that a finite difference exchanges the larger.
  static func spread(_ sizes: Int...) -> Tensor {
    let count = sizes.reduce(1, *)
    // 37 is prime to all counts that are used here.
    return Tensor(Shape(sizes), (0..<count).map { Float($0 * 37 % count) * 0.05 - 2 })
  }

  @Test(arguments: cases.indices) func gradient(_ index: Int) {
    checkGradient(Self.cases[index].inputs, Self.cases[index].operation)
  }

  @Test(arguments: cases.indices) func program(_ index: Int) {
    checkProgram(Self.cases[index].inputs, Self.cases[index].operation)
  }

  @Test func `A channel for itself is convolved as one of one channel`() {
    let (x, weight) = (sample(2, 7, 6, 5), sample(3, 2, 5, seed: 2))
    let all = DepthwiseConvolution2d(stride: (2, 3), padding: (1, 1))(x, weight)
    #expect(all.shape == Shape(2, 4, 3, 5))
    for channel in 0..<5 {
      let one = Convolution2d(taps: (3, 2), stride: (2, 3), padding: (1, 1))(
        x.slice(axis: 3, start: channel, length: 1),
        weight.slice(axis: 2, start: channel, length: 1).reshaped(1, 6))
      let found = all.slice(axis: 3, start: channel, length: 1)
      #expect(zip(found.array, one.array).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    #expect(DepthwiseConvolution2d()(sample(1, 2, 9, 5), weight).shape == Shape(1, 0, 8, 5))
  }

  @Test func `Pooling is its formula`() {
    let x = Self.spread(2, 5, 7, 3)
    let largest = Pooling2d(.largest, length: (3, 2), stride: (2, 3), padding: (1, 1))(x)
    let mean = Pooling2d(.mean, length: (3, 2), stride: (2, 3), padding: (1, 1))(x)
    #expect(largest.shape == Shape(2, 3, 3, 3) && mean.shape == largest.shape)
    for index in 0..<largest.shape.count {
      let (c, f, t, b) = (index % 3, index / 3 % 3, index / 9 % 3, index / 27)
      var seen: [Float] = []
      for row in (2 * t - 1)..<(2 * t + 2) where 0..<5 ~= row {
        for column in (3 * f - 1)..<(3 * f + 1) where 0..<7 ~= column {
          seen.append(x[((b * 5 + row) * 7 + column) * 3 + c])
        }
      }
      #expect(largest[index] == seen.max())
      #expect(abs(mean[index] - seen.reduce(0, +) / Float(seen.count)) < 1e-6)
    }
  }

  @Test func `Of equal ones the first gets the gradient`() {
    let x = Tensor(repeating: 1, Shape(1, 2, 2, 1)).tracked
    #expect(gradients(of: mean(pooled(x, .largest)), for: [x])[0].array == [1, 0, 0, 0])
  }

  @Test func `A channel's mean is 0 and its variance 1`() {
    let moments = channelMoments(BatchNormalisation()(sample(500, 7) * 3 + 1000))
    for (mean, variance) in zip(moments.mean, moments.variance) {
      #expect(abs(mean) < 1e-4 && abs(variance - 1) < 1e-3)
    }
  }
}
