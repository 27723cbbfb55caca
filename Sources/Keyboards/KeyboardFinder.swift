// KeyboardFinder: from a few pictures of a still camera to the place of the keyboard in them.
// Lines with the rhythm of black keys are sought in all directions; keys are followed, a grid is fitted, its ends are told.
import Pictures

/// A keyboard that was found.
public struct FoundKeyboard: Sendable, Equatable {
  public let place: KeyboardPlace
  /// 0…1: how much of a keyboard was seen there. Below ½ it should be looked at.
  public var confidence: Float { sureness * (isOctaveKnown ? 1 : 0.6) }
  /// Whether the keyboard's ends say which octave is which; else its middle was taken for the middle of a piano.
  public let isOctaveKnown: Bool
  /// Points of the pictures that a white key takes, in the middle of the keyboard.
  public let pitch: Float
  /// The confidence, but for the octave.
  let sureness: Float
}

/// Why there is no place to give.
public enum KeyboardRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  case noPictures
  case noKeyboard
  /// White keys of so many points.
  case tooSmall(pitch: Float)
  case tooBlurred
  /// The keys at one end seem so many times as wide as those at the other.
  case tooSlanted(ratio: Float)
  case moves

  public var description: String {
    switch self {
    case .noPictures: "there are no pictures to look at"
    case .noKeyboard: "no keyboard is to be seen: an octave and a half of keys, seen from above, are needed"
    case .tooSmall(let pitch):
      "the keyboard is too small: its white keys are \((pitch * 10).rounded() / 10) points wide, 4 are needed"
    case .tooBlurred: "something like a keyboard is to be seen, but not sharply enough to tell its keys"
    case .tooSlanted(let ratio):
      "the keyboard is seen along its keys, \((ratio * 10).rounded() / 10) times as large at one end as at the other; "
        + "\(KeyboardFinder.mostSlant) times are understood"
    case .moves: "the camera or the keyboard moves: a place would hold for a moment only"
    }
  }
}

public enum KeyboardFinder {
  /// White keys that are narrower, in points, cannot be told from each other.
  static let leastPitch: Float = 4
  /// How much of a keyboard must be seen.
  private static let leastSureness: Float = 0.7
  /// Where keys differ by more, the far ones hide each other.
  static let mostSlant: Float = 2

  /// Finds the keyboard in pictures of a camera that stands still.
  ///
  /// - Parameter pictures: grey, all of one size; five to fifteen from all over a film let hands go away.
  public static func find(in pictures: [Picture]) throws(KeyboardRefusal) -> FoundKeyboard {
    guard let first = pictures.first else { throw .noPictures }
    precondition(
      pictures.allSatisfy { $0.colours == .grey && $0.width == first.width && $0.height == first.height },
      "grey pictures of one size are needed")
    guard min(first.width, first.height) >= 16 else { throw .noKeyboard }
    do throws(KeyboardRefusal) {
      let found = try look(Shades(medianOf: pictures))
      if pictures.count > 1, moves(found, pictures) { throw KeyboardRefusal.moves }
      return found
    } catch {
      // What moves is smeared where it is still in one picture.
      if pictures.count > 1, error != .moves, (try? look(Shades(medianOf: [pictures[pictures.count / 2]]))) != nil {
        throw .moves
      }
      throw error
    }
  }

  private static func look(_ shades: Shades) throws(KeyboardRefusal) -> FoundKeyboard {
    let search = BlackKeySearch(shades)
    var (best, refusal) = (FoundKeyboard?.none, KeyboardRefusal.noKeyboard)
    for row in search.rows() {
      guard let fit = KeyFit(search.tracks(row), in: shades), let range = fit.range else { continue }
      do throws(KeyboardRefusal) {
        let found = try found(fit, range, shades)
        if found.sureness > best?.sureness ?? 0 { best = found }
        if found.sureness > 0.9 { break }
      } catch  where error != .noKeyboard { refusal = error } catch {}
    }
    guard let best else { throw refusal }
    return best
  }

  private static func found(
    _ fit: KeyFit, _ range: BlackKeyRange, _ shades: Shades
  ) throws(KeyboardRefusal) -> FoundKeyboard {
    let middle = (BlackKeys.place(range.blacks.lowerBound) + BlackKeys.place(range.blacks.upperBound)) / 2
    guard let a = fit.grid.point([middle, 20]), let b = fit.grid.point([middle + 1, 20]),
      let back = fit.grid.point([middle, 120])
    else { throw .noKeyboard }
    let (right, up) = (b - a, back - a)
    let pitch = (right * right).sum().squareRoot() * Float(shades.factor)
    // Seen from above and upright, the treble lies to the right when the backs of the keys lie upwards.
    let turnsRight = right.x * up.y - right.y * up.x < 0
    guard let straight = KeyRange(range, isReversed: !turnsRight),
      let mirrored = KeyRange(range, isReversed: turnsRight)
    else { throw .noKeyboard }
    let reading = mirrored.likelihood > straight.likelihood + 0.9 ? mirrored : straight
    let (bass, treble) = (reading.bass, reading.treble)
    let length = KeyboardGeometry.whiteLength
    let corners = [[bass, 0], [treble, 0], [treble, length], [bass, length]].compactMap {
      fit.grid.point($0).map { $0 * Float(shades.factor) }
    }
    guard let place = try? KeyboardPlace(corners: corners, keys: reading.keys, bend: fit.grid.bend) else {
      throw .noKeyboard
    }
    let confidence = confidence(fit, range)
    guard confidence > leastSureness, isFlat(right, up * (KeyboardGeometry.whiteLength / 100)) else {
      if pitch < leastPitch { throw .tooSmall(pitch: pitch) }
      if confidence > 0.15 { throw .tooBlurred }
      throw .noKeyboard
    }
    guard pitch >= leastPitch else { throw .tooSmall(pitch: pitch) }
    let sides = [reading.bass, reading.treble].map { width(fit.grid, $0) }
    let slant = max(sides[0], sides[1]) / max(min(sides[0], sides[1]), 1e-3)
    guard slant <= mostSlant else { throw .tooSlanted(ratio: slant) }
    return FoundKeyboard(
      place: place, isOctaveKnown: reading.isOctaveKnown, pitch: pitch, sureness: confidence)
  }

  /// Whether a white key may look so: a step to the next one, and a step to its back, in points. It is 6.4 times as long as
  /// wide; seen from so low that less than a third of that is left, keys hide each other.
  private static func isFlat(_ right: SIMD2<Float>, _ back: SIMD2<Float>) -> Bool {
    let (wide, long) = ((right * right).sum().squareRoot(), (back * back).sum().squareRoot())
    return (2...8.5).contains(long / wide) && abs(right.x * back.y - right.y * back.x) > 0.5 * wide * long
  }

  /// The points that a white key takes there.
  private static func width(_ grid: KeyGrid, _ x: Float) -> Float {
    guard let a = grid.point([x - 0.5, 20]), let b = grid.point([x + 0.5, 20]) else { return 0 }
    return ((b - a) * (b - a)).sum().squareRoot()
  }

  /// The product of what must all be so: black keys without gaps, that agree with the grid, with white keys before them.
  private static func confidence(_ fit: KeyFit, _ range: BlackKeyRange) -> Float {
    func ramp(_ value: Float, _ from: Float, _ to: Float) -> Float { min(max((value - from) / (to - from), 0), 1) }
    return ramp(range.found, 0.4, 0.85) * ramp(Float(range.blacks.count), 6, 13) * ramp(fit.errorX, 0.2, 0.06)
      * ramp(fit.errorY, 16, 5) * (0.4 + 0.6 * ramp(fit.separators, 0.3, 0.8)) * ramp(fit.contrast, 3, 12)
  }

  /// Whether the black keys lie elsewhere in a third of the pictures.
  private static func moves(_ found: FoundKeyboard, _ pictures: [Picture]) -> Bool {
    let step = 8
    guard
      let strip = try? KeyboardStrip(
        found.place, pictureWidth: pictures[0].width, pictureHeight: pictures[0].height, width: 52 * step, height: 20)
    else { return false }
    let blacks = found.place.keys.filter { KeyboardGeometry.full.keys.contains($0) && KeyboardGeometry.isBlack($0) }
    let elsewhere = pictures.count { picture in
      let cells = strip(picture)
      // How much darker the places of black keys are than what is beside them, when all are shifted by so many cells.
      func rhythm(_ shift: Int) -> Int {
        blacks.reduce(0) { sum, key in
          let column = Int(strip.column(of: key)) + shift
          guard column >= 4, column < strip.width - 5 else { return sum }
          return (4..<10).reduce(sum) { sum, row in
            func cell(_ offset: Int) -> Int { Int(cells[row * strip.width + column + offset]) }
            return sum + max(0, min(cell(-4), cell(4)) - cell(0))
          }
        }
      }
      let best = (-6...6).max { rhythm($0) < rhythm($1) }!
      return abs(best) > 3
    }
    return elsewhere * 3 > pictures.count
  }
}
