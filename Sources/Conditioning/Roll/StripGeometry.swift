// StripGeometry: what a view of the keys is brought to before it is looked at: all 88 keys as if seen straight from above.
// Every white key is a whole number of columns wide.

/// The strip: A0 left, the backs of the keys at the top, grey.
public struct StripGeometry: Sendable, Equatable {
  /// Points from what lies behind the keys to what lies before them.
  public var rows: Int
  /// Points from one white key to the next.
  public var pitch: Int
  /// What is seen before the fronts of the white keys and behind their ends, millimetres.
  public var inFront: Float, behind: Float

  public init(rows: Int = 64, pitch: Int = 12, inFront: Float = 10, behind: Float = 10) {
    (self.rows, self.pitch, self.inFront, self.behind) = (rows, pitch, inFront, behind)
  }

  public static let whites = 52, keys = 88

  public var columns: Int { Self.whites * pitch }

  /// The middle of a key, 0…87, in white keys from the left edge of A0.
  public static func centre(_ key: Int) -> Float {
    let step = (key + 9) % 12
    let octave = Float((key + 9) / 12 * 7 - 5)
    guard [1, 3, 6, 8, 10].contains(step) else {
      return octave + [0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6][step] + 0.5
    }
    // Three white keys carry five tails, four carry seven.
    return step < 5 ? octave + (Float(step) + 0.5) * 3 / 5 : octave + 3 + (Float(step - 5) + 0.5) * 4 / 7
  }

  /// Which share of each of `cells` equal columns every key looks at, [88, cells], rows adding up to 1: between the two
  /// columns whose middles lie around a place `offset` white keys right of the key's middle.
  static func looks(cells: Int, offset: Float) -> [Float] {
    var shares = [Float](repeating: 0, count: keys * cells)
    for key in 0..<keys {
      let place = (centre(key) + offset) * Float(cells) / Float(whites) - 0.5
      let inside = min(max(place, 0), Float(cells - 1))
      let first = min(Int(inside), max(0, cells - 2))
      let rest = inside - Float(first)
      shares[key * cells + first] += 1 - rest
      if cells > 1 { shares[key * cells + first + 1] += rest }
    }
    return shares
  }
}
