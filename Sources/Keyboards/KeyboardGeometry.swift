// KeyboardGeometry: where the keys of a piano lie and what outline they have, to real proportions.
// 88 keys are 1225 mm wide. The tails of white keys and the black keys between them share the back of each group equally.

/// A keyboard of any range that begins and ends with white keys.
public struct KeyboardGeometry: Sendable, Equatable {
  /// MIDI keys.
  public let keys: ClosedRange<Int>

  /// A white key and the gap beside it: 52 of them are 1225 mm wide.
  public static let pitch: Float = 1225 / 52
  public static let whiteLength: Float = 150
  /// A black key: 95 mm long, 11 mm wide at its foot and 9 mm at its top, 12 mm high; its front slopes by 6 mm.
  public static let blackLength: Float = 95, blackFoot: Float = 11, blackTop: Float = 9
  public static let blackHeight: Float = 12, blackSlope: Float = 6
  /// Air between two keys.
  public static let gap: Float = 1
  /// How far the front of a key goes down, and where it turns: so far behind its front edge.
  public static let dip: Float = 10, pivot: Float = 240

  /// A piano, or keyboards of 76 and 61 keys.
  public static let full = KeyboardGeometry(keys: 21...108)

  /// - Parameter keys: white at both ends, inside 0…127.
  public init(keys: ClosedRange<Int>) {
    precondition(
      keys.lowerBound >= 0 && keys.upperBound < 128 && !Self.isBlack(keys.lowerBound) && !Self.isBlack(keys.upperBound),
      "a keyboard from \(keys.lowerBound) to \(keys.upperBound)")
    self.keys = keys
  }

  public static func isBlack(_ key: Int) -> Bool { [1, 3, 6, 8, 10].contains(key % 12) }

  /// White keys below this key, counted from MIDI key 0.
  public static func white(_ key: Int) -> Int { key / 12 * 7 + [0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6][key % 12] }

  public var whites: Int { Self.white(keys.upperBound) - Self.white(keys.lowerBound) + 1 }
  /// Millimetres.
  public var width: Float { Float(whites) * Self.pitch }

  private func left(_ white: Int) -> Float { Float(white - Self.white(keys.lowerBound)) * Self.pitch }

  /// The middle of a key: of a white one at its front, half of its pitch; of a black one by the shares of its group,
  /// C to E: (i + ½)·3/5 pitches from C, F to B: (i + ½)·4/7 pitches from F, i = 1, 3, 5.
  public func centre(_ key: Int) -> Float {
    guard Self.isBlack(key) else { return left(Self.white(key)) + Self.pitch / 2 }
    let step = key % 12
    let (from, share): (Int, Float) = step < 5 ? (0, 3 / 5) : (5, 4 / 7)
    return left(Self.white(key - step + from)) + (Float(step - from) + 0.5) * share * Self.pitch
  }

  /// The outline of a key at its foot, counter-clockwise as seen from above: `[x, y]` in millimetres, y from its front.
  public func outline(_ key: Int) -> [SIMD2<Float>] {
    let back = Self.whiteLength
    let shoulder = back - Self.blackLength
    let centre = centre(key)
    if Self.isBlack(key) {
      let half = Self.blackFoot / 2
      return [
        [centre - half, shoulder], [centre + half, shoulder], [centre + half, back], [centre - half, back],
      ]
    }
    let half = (Self.pitch - Self.gap) / 2
    let notch = Self.blackFoot / 2 + Self.gap
    var points: [SIMD2<Float>] = [[centre - half, 0], [centre + half, 0]]
    if let black = neighbour(key + 1) {
      points += [
        [centre + half, shoulder - Self.gap], [black - notch, shoulder - Self.gap], [black - notch, back],
      ]
    } else {
      points.append([centre + half, back])
    }
    if let black = neighbour(key - 1) {
      points += [
        [black + notch, back], [black + notch, shoulder - Self.gap], [centre - half, shoulder - Self.gap],
      ]
    } else {
      points.append([centre - half, back])
    }
    return points
  }

  /// The middle of a black key beside a white one.
  private func neighbour(_ key: Int) -> Float? { keys.contains(key) && Self.isBlack(key) ? centre(key) : nil }

  /// How much lower a key is at `y` when its front has sunk by `depth`·10 mm.
  public static func sink(_ depth: Float, at y: Float) -> Float { dip * depth * (1 - y / pivot) }

  /// The corners of the keys' plane, `[x, y, z]` in millimetres: bass front, treble front, treble back, bass back.
  public var corners: [SIMD3<Float>] {
    [[0, 0, 0], [width, 0, 0], [width, Self.whiteLength, 0], [0, Self.whiteLength, 0]]
  }
}
