// Preparation: hands and fingers are raised before they strike, the louder the higher, and fall onto their keys.
// They fall as evenly faster as the key does, and meet it at the speed at which it will arrive.
import Keyboards

/// One rise and fall: smooth(u) of the height as it rises, 1 − u² as it falls, u the share of either's time that has passed.
///
/// What falls evenly faster from the height h for the time f arrives at 2h/f; a key that sinks by d in the time T arrives at
/// 2d/T. So h = d·f/T: as f is a habit, a hand is raised in proportion to the speed of its keys. Pianists raise hand and arm
/// further for louder notes (Furuya, Aoki, Nakahara and Kinoshita: Biomechanics of upper
/// extremity movements in piano keystroke), and each by a measure of their own.
struct Preparation: Sendable {
  /// Millimetres above where it would be otherwise.
  let height: Float
  /// Seconds: it begins to rise, begins to fall, has arrived.
  let begin: Double, top: Double, strike: Double

  /// A usual fall, and the longest rise, seconds.
  static let fall = 0.12, rise = 0.22

  /// - Parameters:
  ///   - travel: of the key, seconds.
  ///   - strike: when the key begins to sink.
  ///   - free: since when the hand or the finger has nothing else to do; it has less time where notes are fast.
  ///   - habit: how long this player lets it fall, 1 as usual.
  ///   - highest: what else limits it, millimetres.
  init(travel: Double, strike: Double, free: Double, habit: Double, highest: Float) {
    let fall = min(Self.fall * habit, 0.45 * max(0, strike - free))
    height = min(KeyboardGeometry.dip * Float(fall / max(travel, 0.01)), highest)
    self.strike = strike
    top = strike - fall
    begin = max(top - Self.rise, free)
  }

  func lift(at time: Double) -> Float {
    guard time > begin, time < strike else { return 0 }
    if time < top { return height * smooth(Float((time - begin) / (top - begin))) }
    let u = Float((time - top) / (strike - top))
    return height * (1 - u * u)
  }
}
