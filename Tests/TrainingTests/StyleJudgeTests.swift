// StyleJudgeTests: two ways of playing are told apart by their sound alone, whatever is played and how loudly.
import Evaluation
import Glibc
import Testing
import Training

struct StyleJudgeTests {
  /// Four seconds of tones, with all partials or with every other one.
  private func performance(_ seed: Int, hollow: Bool, gain: Float = 1) -> [Float] {
    let rate = SpectrogramRatio.sampleRate
    return (0..<4 * rate).map { index in
      let note = index / (rate / 4)
      let base = 110 * pow(2, Double((note * 7 + seed * 5) % 24) / 12)
      let phase = 2 * Double.pi * base * Double(index) / Double(rate)
      let sum = stride(from: 1, to: 12, by: hollow ? 2 : 1).reduce(0) { $0 + sin(phase * Double($1)) / Double($1) }
      return 0.1 * gain * Float(sum)
    }
  }

  @Test func stylesAreToldByTheirSound() throws {
    let judge = try StyleJudge(
      preferred: (0..<4).map { performance($0, hollow: false) }, other: (0..<4).map { performance($0, hollow: true) })
    for seed in 4..<8 {
      for gain in [Float(0.05), 1, 5] {
        let (full, hollow) = (
          judge(performance(seed, hollow: false, gain: gain)), judge(performance(seed, hollow: true, gain: gain))
        )
        #expect(try #require(full) > 0.8 && #require(hollow) < 0.2, "\(seed), \(gain): \(full ?? -1), \(hollow ?? -1)")
      }
    }
  }

  @Test func whereNothingIsHeardNothingIsSaid() throws {
    let judge = try StyleJudge(preferred: [performance(0, hollow: false)], other: [performance(0, hollow: true)])
    #expect(judge([]) == nil && judge([Float](repeating: 0, count: 100_000)) == nil)
    #expect(throws: MetricError.self) {
      try StyleJudge(preferred: [performance(0, hollow: false)], other: [[Float](repeating: 0, count: 100_000)])
    }
  }
}
