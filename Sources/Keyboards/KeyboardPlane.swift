// KeyboardPlane: from the millimetres of a piano's keys to the points of a picture, and back.
// x counts from the left edge of A0, whatever keys there are, y from the front of the white keys.

/// What a place means in pictures of one size.
public struct KeyboardPlane: Sendable {
  private let map: Homography, back: Homography
  private let lens: Lens

  /// - Throws: where nothing flat looks like that through such a lens.
  public init(_ place: KeyboardPlace, width: Int, height: Int) throws(KeyboardPlaceError) {
    lens = Lens(bend: place.bend, width: width, height: height)
    let keys = Self.extent(place.keys)
    let length = KeyboardGeometry.whiteLength
    let straight = place.corners.map(lens.straight)
    guard
      let map = Homography(
        from: [
          [keys.lowerBound, 0], [keys.upperBound, 0], [keys.upperBound, length], [keys.lowerBound, length],
        ], to: straight),
      let back = map.inverse(near: straight)
    else { throw KeyboardPlaceError(expected: "corners of something flat", found: "\(place)") }
    (self.map, self.back) = (map, back)
  }

  /// From the left edge of the lowest key to the right edge of the highest, which are white, mm.
  public static func extent(_ keys: ClosedRange<Int>) -> ClosedRange<Float> {
    let half = KeyboardGeometry.pitch / 2
    return KeyboardGeometry.full.centre(keys.lowerBound) - half...KeyboardGeometry.full.centre(keys.upperBound) + half
  }

  /// The point of the picture; nil behind the horizon.
  public func point(_ millimetres: SIMD2<Float>) -> SIMD2<Float>? { map(millimetres).map(lens.seen) }

  /// What of the keys' plane is seen there; nil behind the horizon.
  public func millimetres(_ point: SIMD2<Float>) -> SIMD2<Float>? { back(lens.straight(point)) }
}
