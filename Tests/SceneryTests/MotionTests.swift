// MotionTests: keys sink when and as fast as they are struck, pedals move with their controllers.
import Scenery
import Score
import Testing

@Suite struct MotionTests {
  @Test(arguments: [10, 40, 64, 100, 127])
  func `A key is at the bottom where its note begins, and half-way where it is seen to be pressed`(velocity: Int) {
    let motion = KeyMotion([(start: 1, end: 1.5, velocity: UInt8(velocity))])
    let travel = KeyMotion.travel(velocity: UInt8(velocity))
    #expect(motion.depth(at: 1 - travel - 1e-6) == 0)
    #expect(motion.depth(at: 1) == 1 && motion.depth(at: 1.4) == 1)
    #expect(motion.depth(at: 2) == 0)
    let seen = motion.strokes[0].seen
    #expect(abs(motion.depth(at: seen.lowerBound) - 0.5) < 1e-3)
    #expect(abs(motion.depth(at: seen.upperBound) - 0.5) < 1e-3)
    #expect(seen.lowerBound < 1 && abs(seen.upperBound - 1.5) < 1e-6)
  }

  @Test func `Louder notes sink faster`() {
    let travels = (1...127).map { KeyMotion.travel(velocity: UInt8($0)) }
    #expect(zip(travels, travels.dropFirst()).allSatisfy { $0 >= $1 })
    // 1 m/s is velocity 52: 89 ms.
    #expect(abs(KeyMotion.travel(velocity: 52) - 0.089) < 1e-6)
    #expect(travels[0] > 0.19 && travels[0] <= 0.2 && travels[126] > 0.02)
  }

  @Test(arguments: [0.06, 0.1, 0.15, 0.4])
  func `A key that is struck again has come up before`(space: Double) {
    let notes = (0..<6).map { (start: 1 + space * Double($0), end: 0.99 + space * Double($0 + 1), velocity: UInt8(70)) }
    let motion = KeyMotion(notes)
    for (index, note) in notes.enumerated() {
      #expect(motion.depth(at: note.start) == 1)
      guard index > 0 else { continue }
      let least = stride(from: notes[index - 1].start, to: note.start, by: 0.001).map { motion.depth(at: $0) }.min()!
      #expect(least < 0.1, "\(least)")
      #expect(motion.strokes[index - 1].seen.upperBound < motion.strokes[index].seen.lowerBound)
    }
  }

  @Test func `A pedal takes some time, and is half-way at its event`() {
    let pedal = PedalMotion([
      Pedal(kind: .sustain, value: 127, time: 1), Pedal(kind: .sustain, value: 0, time: 2),
      Pedal(kind: .sustain, value: 64, time: 2.5),
    ])
    #expect(pedal.position(at: 0.9) == 0 && abs(pedal.position(at: 1) - 0.5) < 1e-5)
    #expect(abs(pedal.position(at: 1.5) - 1) < 1e-5 && abs(pedal.position(at: 2) - 0.5) < 1e-5)
    #expect(abs(pedal.position(at: 9) - 64 / 127) < 1e-5)
    #expect(pedal.isUsed && !PedalMotion([]).isUsed && PedalMotion([]).position(at: 3) == 0)
  }
}
