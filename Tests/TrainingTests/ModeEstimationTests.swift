// ModeEstimationTests: oscillations that were put into a sum are found in it again.
import Numerics
import Testing
import Training

@Suite struct ModeEstimationTests {
  /// Σ a·λⁿ with a little noise, the same every time.
  private static func sum(
    _ factors: [Complex<Double>], _ amplitudes: [Complex<Double>], count: Int = 120, noise: Double = 0
  ) -> [Complex<Double>] {
    var state: UInt64 = 1
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53 - 0.5
    }
    return (0..<count).map { n in
      zip(factors, amplitudes).reduce(Complex(noise * uniform(), noise * uniform())) {
        $0 + $1.1 * Complex.pow($1.0, n)
      }
    }
  }

  @Test(arguments: [(0.3, 0.0), (0.02, 0.0), (0.05, 1e-3), (1.5, 1e-2)])
  func `Two modes are told apart`(_ apart: Double, _ noise: Double) throws {
    let factors: [Complex<Double>] = [Complex(length: 0.98, phase: 0.1), Complex(length: 0.995, phase: 0.1 + apart)]
    let amplitudes: [Complex<Double>] = [Complex(1, 0.5), Complex(-0.4, 0.7)]
    let z = Self.sum(factors, amplitudes, noise: noise)
    let found = ModeEstimation.factors(z, modes: 2) { _ in true }.sorted { $0.phase < $1.phase }
    try #require(found.count == 2)
    for (one, other) in zip(found, factors) { #expect((one - other).length < 1e-4 + 2 * noise) }
    for (one, other) in zip(ModeEstimation.amplitudes(z, found), amplitudes) {
      #expect((one - other).length < 1e-2 + 20 * noise)
    }
  }

  @Test func `Three modes are told apart`() throws {
    let factors: [Complex<Double>] = [
      Complex(length: 0.97, phase: -0.06), Complex(length: 0.985, phase: 0.01), Complex(length: 0.999, phase: 0.05),
    ]
    let amplitudes: [Complex<Double>] = [Complex(1, 0.5), Complex(-0.4, 0.7), Complex(0.1, 0)]
    let z = Self.sum(factors, amplitudes, noise: 1e-5)
    let found = ModeEstimation.factors(z, modes: 3) { _ in true }.sorted { $0.phase < $1.phase }
    try #require(found.count == 3)
    for (one, other) in zip(found, factors) { #expect((one - other).length < 1e-3) }
    for (one, other) in zip(ModeEstimation.amplitudes(z, found), amplitudes) { #expect((one - other).length < 1e-2) }
  }

  @Test func `Where the second mode is impossible there is one`() {
    let factor = Complex(length: 0.97, phase: -0.4)
    let z = Self.sum([factor], [Complex(0.3, 0)], noise: 1e-6)
    let found = ModeEstimation.factors(z, modes: 2) { $0.length > 0.9 && $0.length < 1 && abs($0.phase + 0.4) < 0.05 }
    #expect((found[0] - factor).length < 1e-4)
    #expect((ModeEstimation.amplitudes(z, [factor])[0] - Complex(0.3, 0)).length < 1e-4)
    #expect(ModeEstimation.factors([Complex](repeating: .zero, count: 20), modes: 2) { _ in true }.count <= 2)
  }
}
