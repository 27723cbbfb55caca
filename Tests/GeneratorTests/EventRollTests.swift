// EventRollTests: lists of events and keys played live write the same rows, and no row knows what comes later.
import Generator
import Tensors
import Testing

@Suite struct EventRollTests {
  let events: [(time: Double, strength: Double)] = [(0.5, 0.4), (0.1, 1), (0.505, 0.9), (2, 3)]

  @Test func `A row tells what begins, and how long ago things began`() {
    let rows = EventRoll.rows(events, frames: 160)
    func row(_ frame: Int) -> [Float] { (0..<EventRoll.width).map { rows[frame * EventRoll.width + $0] } }
    #expect(row(6) == [0, 0, 0, 0])
    #expect(row(7) == [1, 1, 1, 0])
    // Of two in one frame the stronger counts; what is too strong is held.
    #expect(row(37) == [0.9, 0.9, 0.9, 0])
    #expect(row(150) == [1, 1, 1, 0])
    // 45 frames are 600 ms: the long trace is at 1/e, the short one nearly gone.
    let later = row(37 + 45)
    #expect(later[0] == 0 && abs(later[2] - 0.9 * 0.3679) < 1e-3 && later[1] < 1e-4)
  }

  @Test func `A part has the rows of the whole, and live ones are the same`() {
    let whole = EventRoll.rows(events, frames: 160)
    let part = EventRoll.rows(events, first: 30, frames: 50)
    #expect(part.array == Array(whole.array[30 * EventRoll.width..<80 * EventRoll.width]))
    var live = EventRoll()
    var row = [Float](repeating: -1, count: EventRoll.width)
    for frame in 0..<160 {
      live.write(strength: whole[frame * EventRoll.width], into: &row)
      #expect(row == Array(whole.array[frame * EventRoll.width..<(frame + 1) * EventRoll.width]))
    }
    live.write(strength: .nan, into: &row)
    #expect(row[0] == 0 && row[1].isFinite)
  }

  @Test func `What is not known is told by the flag alone`() {
    let rows = EventRoll.unknown(frames: 3)
    #expect(rows.array == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
  }
}
