// KeyboardFinder: from a few pictures of a still camera to the place of the keyboard in them.
// Lines with the rhythm of black keys are sought in all directions; keys are followed, a grid is fitted, its ends are told.
import Pictures

/// A keyboard that was found.
public struct FoundKeyboard: Sendable, Equatable {
  public let place: KeyboardPlace
  /// 0…1: how much of a keyboard was seen there. Below ½ it should be looked at.
  public let confidence: Float
  /// Whether the keyboard's ends say which octave is which; else its middle was taken for the middle of a piano.
  public let isOctaveKnown: Bool
  /// Points of the pictures that a white key takes, in the middle of the keyboard.
  public let pitch: Float
}

/// Why there is no place to give.
public enum KeyboardRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  case noPictures
  case noKeyboard
  /// White keys of so many points.
  case tooSmall(pitch: Float)
  case tooBlurred
  case moves

  public var description: String {
    switch self {
    case .noPictures: "there are no pictures to look at"
    case .noKeyboard: "no keyboard is to be seen: an octave and a half of keys, seen from above, are needed"
    case .tooSmall(let pitch):
      "the keyboard is too small: its white keys are \((pitch * 10).rounded() / 10) points wide, 4 are needed"
    case .tooBlurred: "something like a keyboard is to be seen, but not sharply enough to tell its keys"
    case .moves: "the camera or the keyboard moves: a place would hold for a moment only"
    }
  }
}

public enum KeyboardFinder {
  /// White keys that are narrower, in points, cannot be told from each other.
  static let leastPitch: Float = 4

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
    guard let row = search.row() else { throw .noKeyboard }
    let tracks = search.tracks(row)
    guard let fit = KeyFit(tracks, in: shades) else { throw .noKeyboard }
    let numbers = tracks.map(\.number)
    guard
      let range = KeyRange(fit.features, known: [numbers.min()!, numbers.max()!], contrast: fit.contrast)
    else { throw .noKeyboard }
    return try found(fit, range, shades)
  }

  private static func found(
    _ fit: KeyFit, _ range: KeyRange, _ shades: Shades
  ) throws(KeyboardRefusal) -> FoundKeyboard {
    let middle = Float(range.whites.lowerBound + range.whites.upperBound) / 2
    guard let a = fit.grid.point([middle, 20]), let b = fit.grid.point([middle + 1, 20]),
      let back = fit.grid.point([middle, 120])
    else { throw .noKeyboard }
    let (right, up) = (b - a, back - a)
    let pitch = (right * right).sum().squareRoot() * Float(shades.factor)
    // Seen from above and upright, the treble lies to the right when the backs of the keys lie upwards.
    let turnsRight = right.x * up.y - right.y * up.x < 0
    let (straight, mirrored) = (range.reading(isReversed: !turnsRight), range.reading(isReversed: turnsRight))
    let isMirrored = mirrored.likelihood > straight.likelihood + 0.9
    let reading = isMirrored ? mirrored : straight
    let isReversed = isMirrored ? turnsRight : !turnsRight
    let ends = (Float(range.whites.lowerBound), Float(range.whites.upperBound + 1))
    let (bass, treble) = isReversed ? (ends.1, ends.0) : ends
    let length = KeyboardGeometry.whiteLength
    let corners = [[bass, 0], [treble, 0], [treble, length], [bass, length]].compactMap {
      fit.grid.point($0).map { $0 * Float(shades.factor) }
    }
    guard let place = try? KeyboardPlace(corners: corners, keys: reading.keys, bend: fit.grid.bend) else {
      throw .noKeyboard
    }
    let confidence = confidence(fit, range)
    guard confidence > 0.25 else {
      if pitch < 1.5 * leastPitch { throw .tooSmall(pitch: pitch) }
      if confidence > 0.1 { throw .tooBlurred }
      throw .noKeyboard
    }
    guard pitch >= leastPitch else { throw .tooSmall(pitch: pitch) }
    return FoundKeyboard(
      place: place, confidence: confidence * (reading.isOctaveKnown ? 1 : 0.6), isOctaveKnown: reading.isOctaveKnown,
      pitch: pitch)
  }

  /// The product of what must all be so: black keys without gaps, that agree with the grid, with white keys before them.
  private static func confidence(_ fit: KeyFit, _ range: KeyRange) -> Float {
    func ramp(_ value: Float, _ from: Float, _ to: Float) -> Float { min(max((value - from) / (to - from), 0), 1) }
    return ramp(range.found, 0.4, 0.85) * ramp(Float(range.blackCount), 6, 13) * ramp(fit.errorX, 0.2, 0.06)
      * ramp(fit.errorY, 16, 5) * (0.4 + 0.6 * ramp(fit.separators, 0.3, 0.8)) * ramp(fit.contrast, 3, 12)
  }

  /// Whether the black keys lie elsewhere in a quarter of the pictures.
  private static func moves(_ found: FoundKeyboard, _ pictures: [Picture]) -> Bool {
    let step = 8
    guard
      let strip = try? KeyboardStrip(
        found.place, pictureWidth: pictures[0].width, pictureHeight: pictures[0].height, width: 52 * step, height: 20)
    else { return false }
    let geometry = KeyboardGeometry.full
    let blacks = found.place.keys.filter { geometry.keys.contains($0) && KeyboardGeometry.isBlack($0) }
    let elsewhere = pictures.count { picture in
      let cells = strip(picture)
      // How dark the places of black keys are when all are shifted by so many cells.
      func darkness(_ shift: Int) -> Int {
        var sum = 0
        for key in blacks {
          let column = Int(strip.column(of: key)) + shift
          guard (2..<strip.width - 2).contains(column) else { continue }
          for row in 4..<10 {
            sum += Int(cells[row * strip.width + column]) + Int(cells[row * strip.width + column + 1])
          }
        }
        return -sum
      }
      let best = (-step...step).max { darkness($0) < darkness($1) }!
      return abs(best) > step / 2
    }
    return elsewhere * 4 > pictures.count
  }
}
