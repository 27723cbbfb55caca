// BandTests: bands share every frequency without loss, and noise is where it is whatever is asked for when.
import Codec
import Testing

@Suite struct BandTests {
  static let layout = BandLayout(count: 24, lowest: 40, highest: 11500)

  @Test func `Centres rise from the lowest to the highest frequency`() {
    let centres = (0..<24).map(Self.layout.centre)
    #expect(abs(centres[0] - 40) < 1e-6 && abs(centres[23] - 11500) < 1e-6)
    #expect(zip(centres, centres.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `A frequency lies between two neighbours, in shares of one`() {
    for hertz in stride(from: 0.0, through: 24000, by: 7.3) {
      let (band, share) = Self.layout.place(hertz)
      #expect((0..<23).contains(band) && (0...1).contains(share))
      if hertz > 40, hertz < 11500 {
        #expect(Self.layout.centre(band) <= hertz + 1e-6 && hertz <= Self.layout.centre(band + 1) + 1e-6)
      }
    }
    for band in 0..<24 {
      let (lower, share) = Self.layout.place(Self.layout.centre(band))
      #expect(abs(Double(lower) + share - Double(band)) < 1e-6)
    }
    #expect(Self.layout.place(1e9) == (22, 1))
  }

  @Test func `Noise does not depend on how it is asked for, and comes round without a seam`() {
    let noise = NoiseBands(Self.layout, sampleRate: 24000)
    func written(_ from: Int64, _ count: Int) -> [Float] {
      var bands = [Float](repeating: 9, count: 24 * count)
      noise.write(from: from, count: count, into: &bands, stride: count)
      return bands
    }
    let period = Int64(NoiseBands.period)
    let whole = written(period - 100, 200)
    for band in 0..<24 {
      let parts = [written(period - 100, 37), written(period - 63, 150), written(period + 87, 13)]
      let joined = zip(parts, [37, 150, 13]).flatMap { Array($0[band * $1..<(band + 1) * $1]) }
      #expect(joined == Array(whole[band * 200..<(band + 1) * 200]))
    }
    #expect(written(5, 50) == written(5 + 7 * period, 50))
  }

  @Test func `The bands together are white noise of unit variance`() {
    let noise = NoiseBands(Self.layout, sampleRate: 24000)
    let count = NoiseBands.period
    var bands = [Float](repeating: 0, count: 24 * count)
    noise.write(from: 0, count: count, into: &bands, stride: count)
    let sum = (0..<count).map { n in (0..<24).reduce(Float(0)) { $0 + bands[$1 * count + n] } }
    let variance = sum.reduce(0) { $0 + $1 * $1 } / Float(count)
    let neighbours = zip(sum, sum.dropFirst()).reduce(Float(0)) { $0 + $1.0 * $1.1 } / Float(count)
    #expect(abs(variance - 1) < 0.02)
    #expect(abs(neighbours) < 0.02)
  }
}
