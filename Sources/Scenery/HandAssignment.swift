// HandAssignment: which hand plays which note: the cheapest way through the piece, sought with a beam.
// At every onset the lower keys fall to the left hand and the upper ones to the right; where they part is the choice.
import Keyboards
import Score

/// A note as hands see it. Seconds, and millimetres from the keyboard's left edge.
package struct Touch: Sendable {
  package let key: Int
  package let x: Float
  package let isBlack: Bool
  package let start: Double, end: Double
  package let velocity: UInt8

  package init(_ note: Note, on geometry: KeyboardGeometry) {
    (key, velocity) = (Int(note.key), note.velocity)
    x = geometry.centre(key)
    isBlack = KeyboardGeometry.isBlack(key)
    (start, end) = (note.start, note.end)
  }
}

/// Touches that begin together, from low to high.
package struct Slice: Sendable {
  package let time: Double
  package var touches: [Touch]

  /// Onsets within 35 ms are one movement of the hands.
  package static func slices(_ touches: [Touch]) -> [Slice] {
    var slices: [Slice] = []
    for touch in touches.sorted(by: { ($0.start, $0.key) < ($1.start, $1.key) }) {
      if let last = slices.last, touch.start - last.time < 0.035 {
        slices[slices.count - 1].touches.append(touch)
      } else {
        slices.append(Slice(time: touch.start, touches: [touch]))
      }
    }
    for index in slices.indices { slices[index].touches.sort { $0.x < $1.x } }
    return slices
  }
}

package enum HandAssignment {
  /// One hand's state on the way: where it is, since when, and what it holds.
  private struct Side {
    var centre: Float
    var time = -1.0
    var held: [(x: Float, end: Double)] = []
  }

  private struct Way {
    var cost: Float
    var left: Side, right: Side
    var before: Int, split: Int
  }

  private static let beam = 24

  /// The slices of the left and of the right hand.
  package static func hands(_ slices: [Slice], width: Float) -> (left: [Slice], right: [Slice]) {
    var steps: [[Way]] = [
      [Way(cost: 0, left: Side(centre: 0.33 * width), right: Side(centre: 0.67 * width), before: 0, split: 0)]
    ]
    for slice in slices {
      var next: [Way] = []
      for (index, way) in steps[steps.count - 1].enumerated() {
        for split in 0...slice.touches.count {
          var new = way
          (new.before, new.split) = (index, split)
          new.cost += play(slice.touches[..<split], at: slice.time, &new.left, home: 0.33 * width)
          new.cost += play(slice.touches[split...], at: slice.time, &new.right, home: 0.67 * width)
          // Hands that cross or stand in each other's way.
          new.cost += max(0, new.left.centre - new.right.centre + 100) / 25
          next.append(new)
        }
      }
      next.sort { ($0.cost, $0.split) < ($1.cost, $1.split) }
      steps.append(Array(next.prefix(beam)))
    }
    var splits = [Int](repeating: 0, count: slices.count)
    var at = 0
    for step in stride(from: slices.count, to: 0, by: -1) {
      splits[step - 1] = steps[step][at].split
      at = steps[step][at].before
    }
    func part(_ choose: (Slice, Int) -> ArraySlice<Touch>) -> [Slice] {
      zip(slices, splits).map { Slice(time: $0.time, touches: Array(choose($0, $1))) }.filter { !$0.touches.isEmpty }
    }
    return (part { $0.touches[..<$1] }, part { $0.touches[$1...] })
  }

  /// What it costs a hand to play the touches now, and where it is afterwards.
  private static func play(_ touches: ArraySlice<Touch>, at time: Double, _ side: inout Side, home: Float) -> Float {
    guard let lowest = touches.first?.x, let highest = touches.last?.x else { return 0 }
    side.held.removeAll { $0.end < time + 0.03 }
    let low = side.held.reduce(lowest) { min($0, $1.x) }
    let high = side.held.reduce(highest) { max($0, $1.x) }
    // A ninth is comfortable, a tenth the most.
    var cost = max(0, high - low - 190) / 8
    cost += 4 * Float(max(0, touches.count + side.held.count - 5))
    let centre = (low + high) / 2
    let pause = Float(min(max(time - side.time, 0), 3))
    cost += abs(centre - side.centre) / (60 + 400 * pause)
    cost += abs(centre - home) / 700
    (side.centre, side.time) = (centre, time)
    side.held += touches.map { ($0.x, $0.end) }
    return cost
  }
}
