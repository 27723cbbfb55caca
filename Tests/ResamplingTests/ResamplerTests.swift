// The resampler: a delay known to the sample, the same bits whatever stood before, and silence for nothing.
import Glibc
import Resampling
import Testing

@Suite struct StreamingResamplerTests {
  static let rates = [
    8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_056, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
  ]

  /// Runs chunks of `input` through, as silence where `nil` is allowed and the chunk is zero.
  func run(_ input: [Float], to rate: Int, skipping: Bool) -> [Float] {
    let resampler = StreamingResampler(from: 24_000, to: rate, chunk: 320)
    var output: [Float] = []
    var piece = [Float](repeating: 0, count: resampler.maximumOutput)
    for start in stride(from: 0, to: input.count, by: 320) {
      let chunk = Array(input[start..<start + 320])
      let isSilent = skipping && chunk.allSatisfy { $0 == 0 }
      let due = resampler.due
      let count = resampler.process(isSilent ? nil : chunk, into: &piece)
      #expect(count == due)
      output += piece[..<count]
    }
    return output
  }

  @Test(arguments: rates)
  func aSineComesOutOnTime(rate: Int) {
    let frequency = 440.0
    let frames = 150
    let input = (0..<frames * 320).map { Float(sin(2 * Double.pi * frequency * Double($0) / 24_000)) }
    let output = run(input, to: rate, skipping: false)
    let delay = StreamingResampler.delay(from: 24_000, to: rate)
    #expect(output.count == frames * 320 * rate / 24_000)
    var worst = 0.0
    for index in delay + rate / 20..<output.count {
      let wanted = sin(2 * Double.pi * frequency * Double(index - delay) / Double(rate))
      worst = max(worst, (Double(output[index]) - wanted).magnitude)
    }
    #expect(worst < 2e-4, "rate \(rate)")
  }

  @Test(arguments: rates)
  func silenceKeepsThePhase(rate: Int) {
    var input = [Float](repeating: 0, count: 320 * 200)
    for start in [0, 3000, 320 * 101 + 7, 320 * 170] {
      for index in 0..<500 { input[start + index] = Float(sin(Double(index) * 0.3)) }
    }
    let skipped = run(input, to: rate, skipping: true)
    let computed = run(input, to: rate, skipping: false)
    #expect(skipped.count == computed.count)
    let worst = zip(skipped, computed).map { ($0 - $1).magnitude }.max()!
    #expect(worst < 1e-5, "rate \(rate)")
  }

  @Test func theSameRatePassesThrough() {
    let input = (0..<3200).map { Float($0) }
    #expect(run(input, to: 24_000, skipping: false) == input)
  }
}
