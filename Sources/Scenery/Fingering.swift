// Fingering: which finger of a hand takes which key: dynamic programming over the combinations of fingers at each onset.
// Costs are those of players' habits: keep the hand still, stretch little, thumbs on white keys, no finger on two keys.

/// A finger on a key.
package struct Contact: Sendable {
  /// 0 the thumb … 4 the little finger.
  package let finger: Int
  package let touch: Touch
}

package enum Fingering {
  /// Where the tips lie, from the middle finger towards the little one, mm.
  static let spread: [Float] = [-50, -24, 0, 23, 45]

  private struct State {
    let fingers: [Int]
    let centre: Float
    var cost: Float
    var before: Int
  }

  /// The contacts of each slice.
  ///
  /// - Parameter isLeft: the left hand, whose thumb is at its treble side.
  package static func contacts(_ slices: [Slice], isLeft: Bool) -> [[Contact]] {
    let sign: Float = isLeft ? -1 : 1
    // From the thumb's side to the little finger's.
    let hands = slices.map { Slice(time: $0.time, touches: isLeft ? $0.touches.reversed() : $0.touches) }
    var steps: [[State]] = []
    for (index, slice) in hands.enumerated() {
      let places = slice.touches.map { sign * $0.x }
      steps.append(
        combinations(slice.touches.count).map { fingers in
          let offsets = zip(places, fingers).map { $0 - spread[$1] }
          let centre = offsets.reduce(0, +) / Float(offsets.count)
          let own = effort(slice.touches, fingers, offsets, centre)
          guard index > 0 else { return State(fingers: fingers, centre: centre, cost: own, before: 0) }
          var best = State(fingers: fingers, centre: centre, cost: .infinity, before: 0)
          for (before, last) in steps[index - 1].enumerated() {
            let cost = last.cost + own + change(from: last, hands[index - 1], to: best, slice, sign)
            if cost < best.cost { (best.cost, best.before) = (cost, before) }
          }
          return best
        })
    }
    guard let last = steps.last else { return [] }
    var at = last.indices.min { last[$0].cost < last[$1].cost } ?? 0
    var result: [[Contact]] = []
    for index in hands.indices.reversed() {
      let state = steps[index][at]
      result.append(zip(state.fingers, hands[index].touches).map { Contact(finger: $0, touch: $1) })
      at = state.before
    }
    return result.reversed()
  }

  /// Every choice of so many fingers, in order. More keys than fingers are shared out.
  private static func combinations(_ count: Int) -> [[Int]] {
    if count > 5 { return [(0..<count).map { $0 * 5 / count }] }
    return (0..<32).filter { $0.nonzeroBitCount == count }.map { mask in (0..<5).filter { mask >> $0 & 1 == 1 } }
  }

  /// What a grip costs in itself.
  private static func effort(_ touches: [Touch], _ fingers: [Int], _ offsets: [Float], _ centre: Float) -> Float {
    var cost: Float = 0
    for (index, finger) in fingers.enumerated() {
      let stretch = (offsets[index] - centre) / (finger == 0 ? 22 : 13)
      cost += 0.5 * stretch * stretch
      if touches[index].isBlack { cost += [0.9, 0, 0, 0.05, 0.35][finger] }
      cost += [0.05, 0, 0, 0.12, 0.18][finger]
    }
    return cost
  }

  /// What it costs to go from one grip to the next.
  private static func change(from last: State, _ before: Slice, to next: State, _ slice: Slice, _ sign: Float) -> Float
  {
    let pause = Float(max(slice.time - before.time, 0.03))
    var cost = abs(next.centre - last.centre) / (12 + 120 * pause)
    for (finger, touch) in zip(last.fingers, before.touches) {
      let isHeld = touch.end > slice.time + 0.03
      if isHeld { cost += max(0, abs(sign * touch.x - spread[finger] - next.centre) - 35) / 10 }
      for (other, key) in zip(next.fingers, slice.touches) {
        if other == finger, key.key != touch.key { cost += isHeld ? 6 : 0.5 / (pause + 0.2) }
        if other != finger, key.key == touch.key { cost += 0.4 }
      }
    }
    return cost
  }
}
