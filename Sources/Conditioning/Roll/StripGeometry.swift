// StripGeometry: what a view of the keys is brought to before it is looked at: all 88 keys as if seen straight from above.
// Every white key is a whole number of columns wide.
import Keyboards

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

  public static let whites = KeyboardGeometry.full.whites, keys = KeyboardGeometry.full.keys.count

  public var columns: Int { Self.whites * pitch }

  /// The middle of a key, 0…87, in white keys from the left edge of A0.
  public static func centre(_ key: Int) -> Float { KeyboardGeometry.full.centre(key + 21) / KeyboardGeometry.pitch }

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
