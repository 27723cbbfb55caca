// The rungs: what is given up, one after the other, under any settings.
import Performer
import Testing

@Suite struct EconomyLadderTests {
  @Test(
    arguments: [
      (4, 1, [4, 2, 1]), (1, 1, [1]), (16, 1, [16, 8, 4, 2, 1]), (12, 1, [12, 6, 3, 2, 1]), (3, 1.5, [3, 2, 1, 1]),
      (2, .nan, [2, 1, 1]), (-7, 1, [1]), (1024, 1, [1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1]),
    ] as [(Int32, Float, [Int])])
  func stepsAreHalvedDownToOne(steps: Int32, guidance: Float, expected: [Int]) {
    let settings = PerformanceSettings(steps: steps, guidance: guidance, seed: 9)
    let ladder = EconomyLadder(settings, frames: 2)
    #expect(ladder.immediateRungs == expected.count - 1)
    #expect((0..<expected.count).map { ladder.steps(on: $0) } == expected)
    #expect(ladder.rungs == expected.count - 1 + 6)
    let lowest = ladder.settings(settings, on: ladder.rungs)
    #expect(lowest.steps == 1 && lowest.seed == 9 && (lowest.guidance == 1) == (ladder.rungs > 0))
    let top = ladder.settings(settings, on: 0)
    #expect(top.steps == steps && top.guidance.bitPattern == guidance.bitPattern)
    for rung in 1...ladder.rungs { #expect(ladder.passes(on: rung) <= ladder.passes(on: rung - 1)) }
    #expect(ladder.extraFrames(on: ladder.immediateRungs) == 0)
    #expect(ladder.extraFrames(on: ladder.rungs + 5) == 6)
  }

  @Test func aBlockThatIsLargeAlreadyDoesNotGrow() {
    let ladder = EconomyLadder(PerformanceSettings(steps: 1), frames: 20)
    #expect(ladder.rungs == 0 && ladder.extraFrames(on: 3) == 0)
  }
}
