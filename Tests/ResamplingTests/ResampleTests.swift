// Whole recordings at other rates.
import Glibc
import Resampling
import Testing

@Suite struct ResampleTests {
  @Test(arguments: [
    (44_100, 24_000), (48_000, 24_000), (96_000, 24_000), (8000, 48_000), (24_000, 44_100), (22_050, 11_025),
  ])
  func aSineKeepsItsPlace(from: Int, to: Int) {
    func sine(_ rate: Int, _ count: Int) -> [Float] {
      (0..<count).map { Float(sin(2 * Double.pi * 300 * Double($0) / Double(rate))) }
    }
    let count = from / 2 + 17
    let output = resample(sine(from, count), from: from, to: to)
    #expect(output.count == (count * to + from - 1) / from)
    let worst = zip(output, sine(to, output.count)).map { ($0 - $1).magnitude }[(to / 20)..<(output.count - to / 20)]
      .max()!
    #expect(worst < 2e-4)
  }

  @Test func smallAndSame() {
    #expect(resample([], from: 44_100, to: 24_000).isEmpty)
    #expect(resample([1], from: 44_100, to: 24_000).count == 1)
    #expect(resample([1, 2, 3], from: 24_000, to: 24_000) == [1, 2, 3])
  }

  @Test func ratesTooFarApartAreKnown() {
    #expect(StreamingResampler.supports(from: 192_000, to: 8000))
    #expect(!StreamingResampler.supports(from: 1, to: 24_000) && !StreamingResampler.supports(from: 0, to: 24_000))
    #expect(!StreamingResampler.supports(from: .max, to: .max))
  }
}
