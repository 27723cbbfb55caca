// KeyboardPlace: where a keyboard lies in the pictures of a still camera, and which keys of a piano it has.
// As text: "x,y x,y x,y x,y [keys 36-96] [bend -0.02]", the corners in the order bass front, treble front, treble back, bass back.

/// A place that cannot be, in words.
public struct KeyboardPlaceError: Error, CustomStringConvertible, Equatable, Sendable {
  public let expected: String, found: String
  public var description: String { "expected \(expected), found \(found)" }
}

/// Four corners of the keys' upper side in a picture.
///
/// A mirror image is one whose corners go around the other way.
public struct KeyboardPlace: Sendable, Equatable {
  /// Points from the picture's upper left corner, whose point has its middle at ½, ½: the corners bass front, treble front,
  /// treble back, bass back. They may lie outside the picture.
  public let corners: [SIMD2<Float>]
  /// The MIDI keys between them, white at both ends.
  public let keys: ClosedRange<Int>
  /// How the lens bends straight lines, −0.5…0.5: what is 1 from the picture's middle, in halves of its diagonal, is seen at
  /// 1 + bend. 0: not at all; less than 0: like a barrel, as wide lenses do.
  public let bend: Float

  /// - Throws: where the corners are not those of something convex, or the keys not those of a keyboard.
  public init(
    corners: [SIMD2<Float>], keys: ClosedRange<Int> = KeyboardGeometry.full.keys, bend: Float = 0
  ) throws(KeyboardPlaceError) {
    guard corners.count == 4, corners.allSatisfy({ abs($0.x) < 1e6 && abs($0.y) < 1e6 }) else {
      throw KeyboardPlaceError(
        expected: "four corners, bass front, treble front, treble back, bass back",
        found: "\(corners.count) of them" + (corners.count == 4 ? ", some of them far away" : ""))
    }
    let turns = (0..<4).map { index -> Float in
      let (a, b, c) = (corners[index], corners[(index + 1) % 4], corners[(index + 2) % 4])
      return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
    }
    guard turns.allSatisfy({ $0 > 1 }) || turns.allSatisfy({ $0 < -1 }) else {
      throw KeyboardPlaceError(
        expected: "corners that go around a keyboard: bass front, treble front, treble back, bass back",
        found: Self.text(corners))
    }
    guard keys.lowerBound >= 0, keys.upperBound < 128, keys.count >= 12,
      !KeyboardGeometry.isBlack(keys.lowerBound), !KeyboardGeometry.isBlack(keys.upperBound)
    else {
      throw KeyboardPlaceError(
        expected: "MIDI keys of an octave or more within 0…127, white ones at both ends, such as 21-108 or 36-96",
        found: "\(keys.lowerBound)-\(keys.upperBound)")
    }
    guard abs(bend) <= 0.5 else { throw KeyboardPlaceError(expected: "a bend of −0.5…0.5", found: "\(bend)") }
    (self.corners, self.keys, self.bend) = (corners, keys, bend)
  }

  /// The same place in pictures of another size.
  public func scaled(_ factor: Float) throws(KeyboardPlaceError) -> KeyboardPlace {
    try KeyboardPlace(corners: corners.map { $0 * factor }, keys: keys, bend: bend)
  }

  public var geometry: KeyboardGeometry { KeyboardGeometry(keys: keys) }
}

extension KeyboardPlace: CustomStringConvertible {
  /// Reads what a person wrote.
  public init(_ text: String) throws(KeyboardPlaceError) {
    func wrong(_ found: some StringProtocol) -> KeyboardPlaceError {
      KeyboardPlaceError(
        expected: "a place such as \"40,300 920,302 924,195 38,196 keys 21-108\"", found: "\"\(found)\"")
    }
    var corners: [SIMD2<Float>] = []
    var (keys, bend) = (KeyboardGeometry.full.keys, Float(0))
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    while let word = words.popFirst() {
      if word == "keys", let value = words.popFirst() {
        let ends = value.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high else { throw wrong("keys \(value)") }
        keys = low...high
      } else if word == "bend", let value = words.popFirst() {
        guard let number = Float(value) else { throw wrong("bend \(value)") }
        bend = number
      } else {
        let numbers = word.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.count == 2, let x = numbers[0], let y = numbers[1], x.isFinite, y.isFinite else {
          throw wrong(word)
        }
        corners.append([x, y])
      }
    }
    guard !text.isEmpty else { throw wrong(text) }
    try self.init(corners: corners, keys: keys, bend: bend)
  }

  /// What can be read again.
  public var description: String {
    Self.text(corners) + " keys \(keys.lowerBound)-\(keys.upperBound)"
      + (bend == 0 ? "" : " bend \(Self.decimal(bend, places: 4))")
  }

  private static func text(_ corners: [SIMD2<Float>]) -> String {
    corners.map { "\(decimal($0.x, places: 2)),\(decimal($0.y, places: 2))" }.joined(separator: " ")
  }

  private static func decimal(_ value: Float, places: Int) -> String {
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let whole = Int((Double(value) * Double(scale)).rounded())
    var part = String(abs(whole) % scale)
    while part.count < places { part = "0" + part }
    while part.last == "0" { part.removeLast() }
    return (whole < 0 ? "-" : "") + String(abs(whole) / scale) + (part.isEmpty ? "" : "." + part)
  }
}
