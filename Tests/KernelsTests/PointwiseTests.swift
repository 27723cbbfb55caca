// Pointwise functions against the C library in double precision, and their bits against the place they stand in.
import Glibc
import Kernels
import Testing

/// One function of a float: what the kernels compute, and the truth.
struct Curve: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let kernel: @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  let truth: @Sendable (Double) -> Double

  func callAsFunction(_ x: [Float]) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    kernel(x.count, x, &y)
    return y
  }

  static func activation(_ name: String, _ activation: fp_activation, _ truth: @escaping @Sendable (Double) -> Double)
    -> Curve
  { Curve(testDescription: name, kernel: { fp_activate(activation, $0, $1, $2) }, truth: truth) }

  static let silu = activation("silu", fp_silu) { $0 / (1 + Glibc.exp(-$0)) }
  static let gelu = activation("gelu", fp_gelu) {
    0.5 * $0 * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
  }
  static let exactGELU = activation("exact gelu", fp_exact_gelu) { 0.5 * $0 * Glibc.erfc(-$0 / 2.squareRoot()) }
  static let elu = activation("elu", fp_elu) { $0 > 0 ? $0 : Glibc.expm1($0) }
  static let tanh = activation("tanh", fp_tanh) { Glibc.tanh($0) }
  static let identity = activation("identity", fp_identity) { $0 }
  static let activations = [silu, gelu, exactGELU, elu, tanh, identity]

  static let exp = Curve(testDescription: "exp", kernel: { fp_exp($0, $1, $2) }, truth: { Glibc.exp($0) })
  static let log = Curve(testDescription: "log", kernel: { fp_log($0, 1e-30, $1, $2) }, truth: { Glibc.log($0) })
  static let sin = Curve(testDescription: "sin", kernel: { fp_sin($0, $1, $2) }, truth: { Glibc.sin($0) })
  static let cos = Curve(testDescription: "cos", kernel: { fp_cos($0, $1, $2) }, truth: { Glibc.cos($0) })
  static let root = Curve(
    testDescription: "square root", kernel: { fp_square_root($0, $1, $2) }, truth: { $0.squareRoot() })
  static let all = activations + [exp, log, sin, cos, root]
}

@Suite struct PointwiseTests {
  /// Every size from 1e-6 to 80, with both signs.
  static let sweep: [Float] = (0..<4000).flatMap { step -> [Float] in
    let size = Float(1e-6 * Glibc.pow(8e7, Double(step) / 3999))
    return [size, -size]
  }

  /// The largest error, where numbers below `floor` count as if they were as large as it.
  func worstError(_ curve: Curve, over x: [Float], floor: Double) -> Double {
    zip(x, curve(x)).map { x, y in
      let truth = curve.truth(Double(x))
      return (Double(y) - truth).magnitude / max(truth.magnitude, floor)
    }.max()!
  }

  @Test(arguments: [Curve.silu, .elu, .tanh, .identity])
  func activationsAreGoodToFourUnits(curve: Curve) {
    #expect(worstError(curve, over: Self.sweep, floor: 1e-30) < 4 * 0x1p-23)
  }

  /// The tail of gelu is the exponential of a cube, whose argument is rounded once.
  @Test func geluIsGoodToFourUnitsNearZeroAndNeverFar() {
    #expect(worstError(.gelu, over: Self.sweep.filter { $0 > -1 }, floor: 1e-30) < 4 * 0x1p-23)
    #expect(worstError(.gelu, over: Self.sweep, floor: 1) < 2 * 0x1p-23)
  }

  /// Far below zero the distribution is the exponential of a square, whose argument is rounded once.
  @Test func exactGELUIsGoodToFourUnitsNearZeroAndNeverFar() {
    #expect(worstError(.exactGELU, over: Self.sweep.filter { $0 > -1 }, floor: 1e-30) < 4 * 0x1p-23)
    #expect(worstError(.exactGELU, over: Self.sweep, floor: 1) < 2 * 0x1p-23)
  }

  @Test func exponentialsAndRootsAreGoodToTwoUnits() {
    #expect(worstError(.exp, over: Self.sweep, floor: 1e-30) < 2 * 0x1p-23)
    let positive = Self.sweep.filter { $0 > 0 }
    #expect(worstError(.root, over: positive, floor: 1e-30) < 0x1p-23)
    #expect(worstError(.log, over: positive + [1e-29, 1e30], floor: 1e-30) < 2 * 0x1p-23)
    #expect(worstError(.sin, over: Self.sweep, floor: 0.01) < 2 * 0x1p-23)
    #expect(worstError(.cos, over: Self.sweep, floor: 0.01) < 2 * 0x1p-23)
  }

  @Test func extremesStayWhereTheHeaderSaysTheyDo() {
    #expect(Curve.exp([-88, -.infinity]) == [0, 0])
    #expect(Curve.exp([200, .infinity]).allSatisfy { $0 > 1.6e38 && $0 < .infinity })
    #expect(Curve.exp([.nan])[0].isNaN)
    let floor = Curve.log([1e-30])[0]
    #expect(Curve.log([0, -1, .nan, 1e-35]) == [floor, floor, floor, floor])
    #expect(Curve.root([-1, 0]) == [0, 0])
    #expect(Curve.tanh([-100, 100, -.infinity, .infinity]) == [-1, 1, -1, 1])
    #expect(Curve.elu([-100, 100]) == [-1, 100])
    #expect(Curve.silu([100])[0] == 100 && Curve.silu([-100])[0].magnitude < 1e-30)
    #expect(Curve.gelu([100])[0] == 100 && Curve.gelu([-100])[0].magnitude < 1e-30)
    #expect(Curve.exactGELU([100])[0] == 100 && Curve.exactGELU([-100])[0].magnitude < 1e-30)
    for curve in Curve.activations { #expect(curve([.nan])[0].isNaN, "\(curve.testDescription)") }
  }

  @Test(arguments: Curve.all)
  func bitsDoNotDependOnPlaceOrLength(curve: Curve) {
    let x = noise(67, seed: 23).map { $0 * 9 }
    let alone = x.map { curve([$0])[0].bitPattern }
    for start in 0..<9 {
      for count in [1, 7, 8, 15, 16, 31, 40, 58] {
        #expect(curve(Array(x[start..<start + count])).map(\.bitPattern) == Array(alone[start..<start + count]))
      }
    }
  }

  @Test(arguments: Curve.all)
  func theResultMayReplaceTheArgument(curve: Curve) {
    let x = noise(45, seed: 29).map { $0 * 3 }
    var y = x
    y.withUnsafeMutableBufferPointer { curve.kernel(45, UnsafePointer($0.baseAddress!), $0.baseAddress!) }
    #expect(y.map(\.bitPattern) == curve(x).map(\.bitPattern))
  }

  @Test(arguments: [
    (fp_silu, Curve.silu), (fp_gelu, .gelu), (fp_exact_gelu, .exactGELU), (fp_elu, .elu), (fp_tanh, .tanh),
    (fp_identity, .identity),
  ])
  func slopesAreThoseOfTheTruth(activation: fp_activation, curve: Curve) {
    let x = noise(400, seed: 31).map { $0 * 6 }
    let upstream = noise(400, seed: 37)
    var slopes = [Float](repeating: .nan, count: 400)
    fp_activate_backward(activation, 400, x, upstream, &slopes)
    for (index, slope) in slopes.enumerated() {
      let (at, step) = (Double(x[index]), 1e-5)
      let truth = (curve.truth(at + step) - curve.truth(at - step)) / (2 * step) * Double(upstream[index])
      #expect((Double(slope) - truth).magnitude < 2e-6, "at \(at)")
    }
  }
}
