// KeyboardSearch: looks for the keys in a film: a few pictures from all over it, so that hands have gone elsewhere.
import Film
import Keyboards
import Pictures

/// Where the keys lie in a film, and how sure that is.
public struct FoundPlace: Sendable, Equatable {
  /// In points of the film as it is shown.
  public let place: KeyboardPlace
  /// 0…1; below ½ a person should look at it.
  public let confidence: Double
  /// Whether it is sure which octave is which.
  public let isOctaveKnown: Bool
}

public enum KeyboardSearch {
  /// How many pictures are looked at.
  private static let count = 9

  /// - Parameter range: the part of the film that matters; its whole length, or its beginning where it states none, if nil.
  /// - Throws: `FilmError`, or `WatchingError` with the reason why no place was found.
  public static func find(_ path: String, range: Range<Double>? = nil) throws -> FoundPlace {
    let film = try FilmReader(path, size: .within(1280), colours: .grey)
    let pictures = try pictures(film, range)
    do {
      let found = try KeyboardFinder.find(in: pictures)
      let scale = Float(max(1, film.information.width)) / Float(film.width)
      return FoundPlace(
        place: try found.place.scaled(scale), confidence: Double(found.confidence), isOctaveKnown: found.isOctaveKnown)
    } catch {
      throw WatchingError(
        path: path, expected: "the keys of a piano, filmed by a camera that stands still", found: "that \(error)")
    }
  }

  /// Pictures from the middles of equal parts; each once.
  package static func pictures(_ film: FilmReader, _ range: Range<Double>?) throws -> [Picture] {
    let end = min(range?.upperBound ?? .infinity, film.information.duration ?? film.start + 10)
    let begin = max(range?.lowerBound ?? film.start, film.start)
    var (pictures, last) = ([Picture](), -Double.infinity)
    for index in 0..<count {
      let time = begin + (Double(index) + 0.5) / Double(count) * max(0, end - begin)
      do {
        try film.seek(to: time)
        guard let (time, picture) = try film.next(), time > last else { continue }
        pictures.append(picture)
        last = time
      } catch {
        // A film that was cut short; what was seen of it will do.
        if pictures.isEmpty { throw error }
        break
      }
    }
    return pictures
  }
}
