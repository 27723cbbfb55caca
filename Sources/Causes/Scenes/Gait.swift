// Gait: how somebody walks: each foot is planted, lifted and put down again, the hips go with the mean of both.
import Glibc
import Scenery
import Score

/// Steps to the right, or the left, with their times.
struct Gait: Sendable {
  /// When the foot comes down, and where, mm; the feet take turns.
  let steps: [(time: Double, x: Float)]
  let start: Float, way: Float
  private let lift: Float

  /// - Parameters:
  ///   - reach: as far to both sides as is walked, mm.
  init(_ chance: inout Chance, seconds: Double, reach: Float) {
    way = chance.happens(0.5) ? 1 : -1
    let pace = chance.between(0.38, 0.75)
    // Quick steps are long ones.
    let stride = Float(720 - 350 * (pace - 0.5)) * Float(chance.between(0.85, 1.1))
    start = -way * reach * Float(chance.between(0.85, 1))
    lift = Float(chance.between(60, 130))
    var steps: [(time: Double, x: Float)] = []
    var (time, x) = (chance.between(0.5, 1.4), start)
    while time < seconds - 0.2 {
      x += way * stride * (steps.isEmpty ? 0.55 : 1)
      if x * way > reach { break }
      steps.append((time, x))
      time += pace * chance.between(0.93, 1.07)
    }
    self.steps = steps
  }

  /// Where a foot is: 0 and 1 take turns, 0 first.
  func foot(_ side: Int, at time: Double) -> (x: Float, z: Float) {
    let own = steps.indices.filter { $0 % 2 == side }
    let last = own.last { steps[$0].time <= time }
    let from = last.map { steps[$0].x } ?? start
    guard let next = own.first(where: { steps[$0].time > time }) else { return (from, 0) }
    // It leaves the ground a little after the other one came down.
    let other = next > 0 ? steps[next - 1].time : steps[next].time - 0.55
    let up = other + 0.12 * (steps[next].time - other)
    guard time > up else { return (from, 0) }
    let u = Float((time - up) / (steps[next].time - up))
    return (mix(from, steps[next].x, smooth(u)), lift * sinf(.pi * u) * (1 - 0.35 * u))
  }
}
