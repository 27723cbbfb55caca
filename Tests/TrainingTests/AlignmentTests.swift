// AlignmentTests: where a score lies in a recording is found to a few milliseconds, and what does not fit is seen not to.
import Foundation
import Score
import Testing
import Training

@Suite struct AlignmentTests {
  let score = SyntheticPiano.score(seed: 3, seconds: 40)

  @Test(arguments: [-1.234, 0, 0.37, 17.003]) func `An offset is found within five milliseconds`(offset: Double) {
    let piano = SyntheticPiano(offset: offset)
    let alignment = Alignment(score, in: piano.samples(score), reach: 30)
    #expect(abs(alignment.offset - offset) < 0.005, "\(alignment)")
    #expect(alignment.agreement > 0.4 && alignment.drift == 0)
    #expect(Double(alignment.heard) > 0.7 * Double(alignment.strikes))
  }

  @Test func `A clock that drifts is found, and the end is in place too`() {
    let long = SyntheticPiano.score(seed: 5, seconds: 150)
    let piano = SyntheticPiano(offset: 0.8, drift: 120e-6)
    let alignment = Alignment(long, in: piano.samples(long), reach: 30)
    #expect(abs(alignment.time(0) - 0.8) < 0.005, "\(alignment)")
    #expect(abs(alignment.time(150) - (0.8 + 150 * (1 + 120e-6))) < 0.005, "\(alignment)")
  }

  @Test(arguments: [4, 9, 12, 13] as [UInt64]) func `Another score does not fit`(seed: UInt64) {
    let sound = SyntheticPiano().samples(score)
    let alignment = Alignment(SyntheticPiano.score(seed: seed, seconds: 40), in: sound, reach: 30)
    #expect(alignment.agreement < RecordingCheck.Limit.agreement, "\(alignment)")
  }

  @Test(arguments: [-80, -45, 0, 7, 60, 120]) func `Tuning is found within three cents`(cents: Int) throws {
    let piano = SyntheticPiano(cents: Double(cents))
    let sound = piano.samples(score)
    let alignment = Alignment(score, in: sound, reach: 5)
    #expect(abs(alignment.offset) < 0.005)
    let tuning = Tuning(score, in: sound, strings: try Toys.table())
    #expect(abs((tuning.cents ?? 999) - Double(cents)) < 3, "\(tuning)")
  }
}
