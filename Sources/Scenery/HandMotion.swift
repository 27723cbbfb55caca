// HandMotion: one hand's way through a piece: where its palm is and where its five tips are, at any time.
// The palm travels between the grips that the fingering asks for; tips reach for their keys, ride on them, and come back.
import Glibc
import Keyboards
import Score

/// One hand's way.
struct HandMotion: Sendable {
  /// A grip: where the hand must be, from `time` until it may leave.
  private struct Station {
    let time: Double, hold: Double
    let centre: Float, inset: Float, span: Float
    let preparation: Preparation
  }

  /// A tip on a key, from the key's first movement to its last, and how it is raised before.
  private struct Press {
    let begin: Double, end: Double
    let key: Int
    let place: Vector
    let preparation: Preparation
    /// When the tip leaves for its key, and when it is above it.
    let departure: Double, arrival: Double
  }

  /// Where a hand is between keys.
  struct Pose {
    var centre: Float, inset: Float, span: Float, lift: Float
  }

  private let stations: [Station]
  private let presses: [[Press]]
  private let side: Float
  private let home: Float
  /// Of the slow sway that no hand is without.
  private let phase: Float

  /// What the hand does of its fingers' way up; how far fingers go beyond it; and how far a hand goes that holds keys. mm.
  private static let handShare: Float = 0.6, fingerReach: Float = 25, holding: Float = 6

  /// - Parameters:
  ///   - grips: what `Fingering` found.
  ///   - motions: of the keys, by MIDI key.
  ///   - habit: how long this player lets hands fall, 1 as usual.
  init(
    _ grips: [[Contact]], isLeft: Bool, geometry: KeyboardGeometry, motions: [Int: KeyMotion], habit: Double,
    seed: UInt64
  ) {
    let side: Float = isLeft ? -1 : 1
    self.side = side
    phase = Float(seed % 1000) / 100
    home = geometry.width * (isLeft ? 0.33 : 0.67)
    var chance = Chance(seed: seed)
    var stations: [Station] = []
    var presses = [[Press]](repeating: [], count: 5)
    // Until when fingers hold what they have struck.
    var held = -Double.infinity
    for grip in grips where !grip.isEmpty {
      let offsets = grip.map { $0.touch.x - side * Fingering.spread[$0.finger] }
      let places = grip.map(\.touch.x)
      let black = Float(grip.count { $0.touch.isBlack }) / Float(grip.count)
      let time = grip.map(\.touch.start).min()!
      let travels = grip.map { KeyMotion.travel(velocity: $0.touch.velocity) }
      let travel = travels.reduce(0, +) / Double(grip.count)
      let strike = time - travel
      let isHolding = held > strike - Preparation.fall
      let whole = Preparation(
        travel: travel, strike: strike, free: stations.last?.time ?? -.infinity,
        habit: habit * exp(chance.normal(0.1)) * Double(Self.handShare),
        highest: isHolding ? Self.holding : .infinity)
      stations.append(
        Station(
          time: time, hold: grip.map(\.touch.end).min()!, centre: offsets.reduce(0, +) / Float(offsets.count),
          inset: 26 * black + (grip.contains { $0.finger == 0 && $0.touch.isBlack } ? 22 : 0),
          span: places.max()! - places.min()!, preparation: whole))
      for contact in grip {
        let touch = contact.touch
        held = max(held, touch.end)
        let strokes = motions[touch.key]?.strokes ?? []
        guard let stroke = strokes.first(where: { abs($0.bottom - touch.start) < 1e-4 }) else { continue }
        let along: Float = touch.isBlack ? [70, 84, 90, 86, 76][contact.finger] : [20, 36, 42, 38, 26][contact.finger]
        let free = presses[contact.finger].last?.end ?? -.infinity
        let preparation = Preparation(
          travel: stroke.bottom - stroke.begin, strike: stroke.begin, free: free,
          habit: habit * exp(chance.normal(0.1)), highest: whole.height + Self.fingerReach)
        let departure = max(min(stroke.begin - 0.17, preparation.top - 0.1), min(free, stroke.begin - 0.02))
        presses[contact.finger].append(
          Press(
            begin: stroke.begin, end: stroke.rest, key: touch.key,
            place: [touch.x, along, touch.isBlack ? KeyboardGeometry.blackHeight : 0], preparation: preparation,
            departure: departure,
            arrival: max(min(stroke.begin - 0.03, preparation.top + 0.03), (departure + stroke.begin) / 2)))
      }
    }
    self.stations = stations
    self.presses = presses.map { $0.sorted { $0.begin < $1.begin } }
  }

  /// The palm at a time.
  func pose(at time: Double) -> Pose {
    let after = stations.boundary { $0.time > time }
    var pose: Pose
    switch (after > 0 ? stations[after - 1] : nil, after < stations.count ? stations[after] : nil) {
    case (nil, nil): pose = Pose(centre: home, inset: 0, span: 90, lift: 0)
    case (let last?, nil):
      let away = smooth(Float((time - last.hold - 0.3) / 1.2))
      pose = Pose(centre: last.centre, inset: last.inset * (1 - away), span: last.span, lift: 22 * away)
    case (nil, let next?):
      let away = smooth(Float((next.time - time - 0.2) / 1))
      pose = Pose(centre: next.centre, inset: next.inset * (1 - away), span: next.span, lift: 18 * away)
    case (let last?, let next?):
      let gap = next.time - last.time
      let arrival = next.time - min(0.07, 0.25 * gap)
      let leave = max(last.time + 0.15 * gap, min(last.hold - 0.02, arrival - 0.12), arrival - 0.45)
      let u = smooth(Float((time - leave) / max(arrival - leave, 0.01)))
      let distance = abs(next.centre - last.centre)
      pose = Pose(
        centre: mix(last.centre, next.centre, u), inset: mix(last.inset, next.inset, u),
        span: mix(last.span, next.span, u), lift: sinf(.pi * u) * min(distance / 8, 34))
    }
    if after < stations.count { pose.lift = hypotf(pose.lift, stations[after].preparation.lift(at: time)) }
    let t = Float(time)
    pose.centre += 2.5 * sinf(1.3 * t + phase)
    pose.lift += 2 + 2 * sinf(0.9 * t + 2 * phase)
    return pose
  }

  /// Where the tips are, thumb first: the middles of their last joints' ends, a finger's radius above what they touch.
  ///
  /// - Parameters:
  ///   - depth: of a key, 0…1.
  ///   - radii: of the tips.
  func tips(at time: Double, _ pose: Pose, radii: [Float], depth: (Int) -> Float) -> [Vector] {
    (0..<5).map { finger in
      let along: [Float] = [16, 34, 40, 36, 24]
      let wide = 1 + max(0, pose.span - 110) / 500
      let t = Float(time)
      let rest: Vector = [
        pose.centre + side * Fingering.spread[finger] * wide, along[finger] + 0.9 * pose.inset,
        radii[finger] + 13 + pose.lift * 0.9 + 3 * sinf(1.7 * t + phase + Float(finger)) + pose.inset * 0.25,
      ]
      let list = presses[finger]
      let next = list.boundary { $0.begin > time }
      func on(_ press: Press, sinking: Bool) -> Vector {
        let sink = sinking ? KeyboardGeometry.sink(depth(press.key), at: press.place.y) : 0
        let tip = press.place + [0, 0, radii[finger] - 1 - sink]
        // A hand that moves on cannot hold what it has struck.
        let away = (tip - rest) * [1, 1, 0]
        return mix(tip, rest, smooth((away.norm - 70) / 40))
      }
      if next > 0, time < list[next - 1].end { return on(list[next - 1], sinking: true) }
      var (before, after) = (Float(0), Float(0))
      var tip = rest
      var lift: Float = 0
      if next < list.count {
        let press = list[next]
        after = smooth(Float((time - press.departure) / (press.arrival - press.departure)))
        lift = press.preparation.lift(at: time)
        tip += (on(press, sinking: false) - rest) * after
      }
      if next > 0 {
        let press = list[next - 1]
        before = 1 - smooth(Float((time - press.end) / 0.16))
        tip += (on(press, sinking: false) - rest) * min(before, 1 - after)
      }
      return tip + [0, 0, lift]
    }
  }
}
