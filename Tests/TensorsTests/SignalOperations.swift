// Operations on signals: each against finite differences, inside a Program bit for bit, and against its formula.
import Glibc
import Tensors
import Testing

struct SignalOperations {
  static let cases: [(name: String, inputs: [Tensor], operation: @Sendable ([Tensor]) -> Tensor)] = [
    ("convolution", [sample(2, 9, 3), sample(5, 12, seed: 2), sample(5, seed: 3)], { Convolution(taps: 4)($0) }),
    ("strided", [sample(2, 11, 3), sample(5, 15, seed: 2)], { Convolution(taps: 5, stride: 2)($0) }),
    ("stride beyond the window", [sample(2, 12, 3), sample(5, 6, seed: 2)], { Convolution(taps: 2, stride: 4)($0) }),
    ("analysis", [sample(2, 40, 1), sample(6, 12, seed: 2)], { Convolution(taps: 12, stride: 4)($0) }),
    (
      "dilated", [sample(2, 11, 3), sample(37, 9, seed: 2), sample(37, seed: 3)],
      { Convolution(taps: 3, stride: 2, dilation: 3)($0) }
    ),
    ("depthwise", [sample(2, 9, 5), sample(3, 5, seed: 2), sample(5, seed: 3)], { DepthwiseConvolution()($0) }),
    ("depthwise dilated", [sample(2, 9, 5), sample(3, 5, seed: 2)], { DepthwiseConvolution(dilation: 2)($0) }),
    ("frames", [sample(2, 17)], { Frames(length: 6, hop: 4)($0) }),
    ("overlap-add", [sample(2, 4, 7), sample(2, 5, seed: 2)], { OverlapAdd(hop: 2)($0) }),
    (
      "recurrence",
      [sample(2, 4, 12) * 2, sample(12, 3, seed: 2), sample(2, 3, seed: 3), sample(2, 3, seed: 4)],
      { Recurrence()($0) }
    ),
    ("powers", [sample(2, 75)], { ShortTimeSpectrum(.power, length: 16, hop: 4)($0) }),
    ("powers of two samples", [sample(2, 5)], { ShortTimeSpectrum(.power, length: 2, hop: 1)($0) }),
    (
      "magnitudes of many frames", [sample(1, 300)],
      { ShortTimeSpectrum(.magnitude(floor: 0.1), length: 8, hop: 3)($0) }
    ),
    (
      "convolution over a plane", [sample(2, 5, 9, 3), sample(4, 27, seed: 2), sample(4, seed: 3)],
      { Convolution2d(taps: (3, 3), padding: (1, 1))($0) }
    ),
    (
      "strided and dilated over a plane", [sample(1, 7, 12, 2), sample(5, 30, seed: 2)],
      { Convolution2d(taps: (3, 5), stride: (1, 2), dilation: 2, padding: (2, 2))($0) }
    ),
    (
      "stride beyond the window over a plane", [sample(1, 7, 12, 2), sample(5, 8, seed: 2), sample(5, seed: 3)],
      { Convolution2d(taps: (2, 2), stride: (3, 4))($0) }
    ),
    (
      "a plane of many outputs", [sample(2, 5, 9, 3), sample(37, 45, seed: 2), sample(37, seed: 3)],
      { Convolution2d(taps: (3, 5), stride: (1, 2), padding: (1, 2))($0) }
    ),
    (
      "a plane of more weights than a cache holds", [sample(2, 5, 7, 129), sample(96, 1161, seed: 2) * 0.1],
      { Convolution2d(taps: (3, 3), padding: (2, 1))($0) }
    ),
    ("complex spectra", [sample(2, 75)], { ComplexSpectrum(length: 16, hop: 4)($0) }),
    ("complex spectra of two samples", [sample(2, 5)], { ComplexSpectrum(length: 2, hop: 1)($0) }),
    ("padded with zeros", [sample(2, 3, 4)], { Padding(.zeros, left: 2, right: 1)($0) }),
    ("padded by its ends", [sample(2, 3, 4)], { Padding(.replicate, left: 2, right: 3)($0) }),
    ("mirrored", [sample(2, 6, 4)], { Padding(.reflect, left: 5, right: 2)($0) }),
    ("mirrored when too short", [sample(2, 3, 4)], { Padding(.reflect, left: 2, right: 5)($0) }),
    ("band sum", [sample(2, 3, 4, 21), sample(2, 4, 4, seed: 2)], { BandSum()($0) }),
  ]

  @Test(arguments: cases.indices) func gradient(_ index: Int) {
    checkGradient(Self.cases[index].inputs, Self.cases[index].operation)
  }

  @Test(arguments: cases.indices) func program(_ index: Int) {
    let (_, inputs, operation) = Self.cases[index]
    checkProgram(inputs, operation)
    checkProgram(inputs, variable: 1, operation)
  }

  @Test(arguments: [(1, 1), (3, 1), (2, 3)]) func convolutionIsItsFormula(_ stride: Int, _ dilation: Int) {
    let (taps, channels, outputs) = (4, 5, 35)
    let x = sample(2, 23, channels)
    let weight = sample(outputs, taps * channels, seed: 2)
    let bias = sample(outputs, seed: 3)
    let y = Convolution(taps: taps, stride: stride, dilation: dilation)(x, weight, bias)
    #expect(y.shape == Shape(2, (23 - 3 * dilation - 1) / stride + 1, outputs))
    for batch in 0..<2 {
      for t in 0..<y.shape[1] {
        for o in 0..<outputs {
          var sum = bias[o]
          for q in 0..<taps {
            for c in 0..<channels {
              let frame = batch * 23 + t * stride + q * dilation
              sum += weight[o * taps * channels + q * channels + c] * x[frame * channels + c]
            }
          }
          #expect(abs(y[(batch * y.shape[1] + t) * outputs + o] - sum) < 1e-5)
        }
      }
    }
  }

  @Test func tooFewFramesAreNone() {
    #expect(Convolution(taps: 4)(sample(2, 3, 4), sample(5, 16)).shape == Shape(2, 0, 5))
    #expect(DepthwiseConvolution()(sample(2, 3, 4), sample(4, 4)).shape == Shape(2, 0, 4))
    #expect(Frames(length: 4, hop: 1)(sample(2, 3)).shape == Shape(2, 0, 4))
    #expect(ShortTimeSpectrum(.power, length: 4, hop: 1)(sample(2, 3)).shape == Shape(2, 0, 3))
  }

  @Test func framesAndOverlapAddAreTransposes() {
    let x = sample(1, 20)
    let frames = Frames(length: 8, hop: 3)(x)
    #expect(frames.shape == Shape(1, 5, 8))
    #expect(Array(frames.array[8..<16]) == Array(x.array[3..<11]))
    let y = OverlapAdd(hop: 3)(frames, Tensor(zeros: Shape(1, 5)))
    let times: [Float] = [1, 1, 1, 2, 2, 2, 3, 3, 2, 3, 3, 2, 3, 3, 2, 2, 2, 1, 1, 1]
    for index in 0..<20 { #expect(abs(y[index] - times[index] * x[index]) < 1e-6) }
  }

  @Test(arguments: [2, 8, 64, 1024]) func spectrumIsTheFourierTransform(_ length: Int) {
    let samples = length + 2 * length / 2 * 20 + 1
    let x = sample(1, samples)
    let powers = ShortTimeSpectrum(.power, length: length, hop: length / 2)(x)
    let magnitudes = ShortTimeSpectrum(.magnitude(floor: 1e-4), length: length, hop: length / 2)(x)
    let bins = length / 2 + 1
    for frame in stride(from: 0, to: powers.shape[1], by: 7) {
      for bin in [0, 1, bins / 2, bins - 1] {
        var real = 0.0
        var imaginary = 0.0
        for n in 0..<length {
          let hann = 0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(length))
          let angle = 2 * Double.pi * Double(bin * n % length) / Double(length)
          real += hann * Double(x[frame * length / 2 + n]) * cos(angle)
          imaginary -= hann * Double(x[frame * length / 2 + n]) * sin(angle)
        }
        let power = Float((real * real + imaginary * imaginary) / (0.375 * Double(length)))
        #expect(abs(powers[frame * bins + bin] - power) < 1e-5 * max(1, power))
        #expect(abs(magnitudes[frame * bins + bin] - (power + 1e-4).squareRoot()) < 1e-5 * max(1, power))
      }
    }
  }

  @Test func whiteNoiseHasUnitPower() {
    let noise = Tensor(zeros: Shape(1, 40_000))
    RandomWeights(seed: 5).fill("noise", noise, initial: .normal(deviation: 1))
    #expect(abs(mean(ShortTimeSpectrum(.power, length: 256, hop: 64)(noise)).scalar - 1) < 0.03)
  }

  @Test func paddingIsItsFormula() {
    func padded(_ mode: Padding.Mode, _ left: Int, _ right: Int, of x: [Float]) -> [Float] {
      Padding(mode, left: left, right: right)(Tensor(Shape(1, x.count, 1), x)).array
    }
    #expect(padded(.zeros, 2, 1, of: [1, 2]) == [0, 0, 1, 2, 0])
    #expect(padded(.replicate, 2, 1, of: [1, 2]) == [1, 1, 1, 2, 2])
    #expect(padded(.reflect, 2, 1, of: [1, 2, 3]) == [3, 2, 1, 2, 3, 2])
    // Too short to mirror: zeros are behind it until it is long enough, and mirror with it.
    #expect(padded(.reflect, 3, 1, of: [1, 2]) == [0, 0, 2, 1, 2, 0])
    #expect(padded(.reflect, 0, 3, of: [1]) == [1, 0, 0, 0])
    #expect(padded(.reflect, 1, 4, of: [1, 2, 3]) == [2, 1, 2, 3, 0, 0, 0, 3])
  }

  @Test func bandEnergyIsTheLogarithmOfTheMeanSquare() {
    let source = sample(2, 3, 4, 21)
    let y = BandEnergy(floor: 1e-3)(source)
    for row in 0..<24 {
      let square = (0..<21).reduce(Float(0)) { $0 + source[row * 21 + $1] * source[row * 21 + $1] }
      #expect(abs(y[row] - logf(square / 21 + 1e-3)) < 1e-5)
    }
    #expect(BandEnergy(floor: 1e-3)(Tensor(zeros: Shape(1, 1, 1, 5))).scalar == logf(1e-3))
  }

  @Test func bandGainsMoveInStraightLines() {
    let y = BandSum()(Tensor(repeating: 1, Shape(1, 2, 2, 4)), Tensor(Shape(1, 3, 2), [0, 1, 4, 1, 4, 3]))
    #expect(y.array == [1, 2, 3, 4, 5, 5.5, 6, 6.5])
  }
}
