// PlaneTests: operations on time and frequency against PyTorch's, their gradients too.
import Foundation
import Tensors
import Testing

@Suite struct PlaneTests {
  let fixture = try! SafeTensors(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/planes.safetensors")

  static let cases: [(name: String, inputs: [String], operation: @Sendable ([Tensor]) -> Tensor)] = [
    ("first", ["x", "weight", "bias"], { Convolution2d(taps: (3, 9), padding: (1, 4))($0) }),
    (
      "strided", ["x", "weight", "bias"],
      { Convolution2d(taps: (3, 9), stride: (1, 2), dilation: 2, padding: (2, 4))($0) }
    ),
    ("wide", ["x", "weight", "bias"], { Convolution2d(taps: (3, 3), padding: (1, 1))($0) }),
    ("last", ["x", "weight", "bias"], { Convolution2d(taps: (3, 3), padding: (1, 1))($0) }),
    (
      "rows", ["x", "weight", "bias"],
      { Convolution2d(taps: (4, 2), stride: (3, 3), dilation: 2, padding: (4, 0))($0) }
    ),
    ("spectrum", ["x"], { ComplexSpectrum(length: 64, hop: 16)($0) }),
    ("short spectrum", ["x"], { ComplexSpectrum(length: 8, hop: 5)($0) }),
    ("leaky", ["x"], { leakyReLU($0[0]) }),
  ]

  @Test(arguments: cases.indices) func `Results and gradients are PyTorch's`(_ index: Int) throws {
    let (name, inputs, operation) = Self.cases[index]
    let leaves = try inputs.map { try fixture.tensor("\(name).\($0)").tracked }
    let y = operation(leaves)
    try expectClose(y, "\(name).y")
    let probe = try fixture.tensor("\(name).probe")
    let found = gradients(of: mean(y * probe) * Float(y.shape.count), for: leaves)
    for (input, gradient) in zip(inputs, found) { try expectClose(gradient, "\(name).gradient.\(input)") }
  }

  @Test func `A plane that is too small gives nothing`() {
    #expect(Convolution2d(taps: (3, 3))(sample(2, 2, 9, 1), sample(4, 9)).shape == Shape(2, 0, 7, 4))
    #expect(Convolution2d(taps: (3, 3))(sample(2, 9, 2, 1), sample(4, 9)).shape == Shape(2, 7, 0, 4))
    #expect(ComplexSpectrum(length: 4, hop: 1)(sample(2, 3)).shape == Shape(2, 0, 3, 2))
  }

  @Test func `Complex spectra squared are the powers`() {
    let x = sample(2, 500)
    let parts = ComplexSpectrum(length: 128, hop: 32)(x)
    let powers = ShortTimeSpectrum(.power, length: 128, hop: 32)(x)
    for index in 0..<powers.shape.count {
      let (real, imaginary) = (parts[2 * index], parts[2 * index + 1])
      #expect(abs(real * real + imaginary * imaginary - powers[index]) < 1e-5)
    }
  }

  func expectClose(_ found: Tensor, _ name: String) throws {
    let expected = try fixture.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    guard found.shape == expected.shape else { return }
    let far = (0..<found.shape.count).map { abs(found[$0] - expected[$0]) }.max()!
    #expect(far < 3e-5, "\(name): \(far) apart")
  }
}
