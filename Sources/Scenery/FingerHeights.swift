// FingerHeights: how far fingers hang above which keys, at one moment: what tells of a loud note before it is struck.
import Keyboards

extension KeyboardGeometry {
  /// The key whose upper side lies under a point: a black one where there is one, or the white one; nil beside the keys.
  ///
  /// - Parameter point: x from the left end, y from the fronts of the white keys, millimetres.
  func key(under point: SIMD2<Float>) -> Int? {
    guard 0..<width ~= point.x, 0...Self.whiteLength ~= point.y else { return nil }
    let isBehind = point.y >= Self.whiteLength - Self.blackLength
    let black = keys.first { Self.isBlack($0) && abs(centre($0) - point.x) <= Self.blackFoot / 2 + Self.gap }
    if isBehind, let black { return black }
    return keys.first { !Self.isBlack($0) && abs(centre($0) - point.x) <= Self.pitch / 2 }
  }
}

extension Moment {
  /// h = z − r − t: z is where the lowest fingertip over a key is, r its radius, t the top of that key at rest. Millimetres.
  ///
  /// - Returns: of each key of a piano, A0 first; NaN where no finger is over it. Of a key that is pressed down less than 0.
  public func fingerHeights(over geometry: KeyboardGeometry) -> [Float] {
    var heights = [Float](repeating: .nan, count: KeyboardGeometry.full.keys.count)
    for hand in hands {
      for (finger, radii) in zip(hand.fingers, hand.radii) {
        guard let tip = finger.last, let radius = radii.last, let key = geometry.key(under: [tip.x, tip.y]),
          case let index = key - KeyboardGeometry.full.keys.lowerBound, heights.indices ~= index
        else { continue }
        let top = KeyboardGeometry.isBlack(key) ? KeyboardGeometry.blackHeight : 0
        heights[index] = min(heights[index].isNaN ? .infinity : heights[index], tip.z - radius - top)
      }
    }
    return heights
  }
}
