// ViewReader: one camera's film as a predictor wants it: its keys cut out, or its feet made small, and at any time the
// picture that is nearest to it. Two pictures are kept; the film is decoded ahead on a thread of its own.
import Conditioning
import Film
import Keyboards
import Pictures

/// A film of a performance, and where in it the keys lie.
public struct WatchedFilm: Sendable, Equatable {
  public var view: RollView
  public var path: String
  /// In points of the film as it is shown; nil of the feet, which are seen whole.
  public var place: KeyboardPlace?

  public init(_ view: RollView, _ path: String, place: KeyboardPlace? = nil) {
    (self.view, self.path, self.place) = (view, path, place)
  }
}

/// Used by one thread at a time.
final class ViewReader {
  let path: String
  /// The film's length where it states one.
  let duration: Double?
  /// Why the film ended before its time, if it did.
  private(set) var failure: FilmError?
  /// Whether there are no more pictures than those that were seen.
  private(set) var hasEnded = false
  private(set) var seen = LastTwo<[UInt8]>()
  private let film: FilmReader
  private let cutter: KeyboardStrip?

  /// Larger pictures say no more of the keys: a strip has less than half as many columns.
  private static let side = 1920

  /// - Throws: `FilmError`, or `WatchingError` where the place is none in such a film.
  init(_ watched: WatchedFilm, _ model: any RollModel, range: Range<Double>?) throws {
    path = watched.path
    let (rows, columns) = model.size(watched.view)
    guard watched.view.seesKeys else {
      film = try FilmReader(path, size: .exactly(width: columns, height: rows), colours: .grey, range: range)
      (cutter, duration) = (nil, film.information.duration)
      return
    }
    guard let place = watched.place else {
      throw WatchingError(path: path, expected: "to know where the keys lie", found: "no place")
    }
    film = try FilmReader(path, size: .within(Self.side), colours: .grey, range: range)
    duration = film.information.duration
    do {
      cutter = try KeyboardStrip(
        place.scaled(Float(film.width) / Float(max(1, film.information.width))), pictureWidth: film.width,
        pictureHeight: film.height, width: columns, height: rows, inFront: model.surroundings.inFront,
        behind: model.surroundings.behind)
    } catch { throw WatchingError(path: path, expected: error.expected, found: error.found) }
  }

  /// The next picture, brought to what the predictor takes; nil at the end, for whatever reason.
  func next() throws -> (time: Double, cells: [UInt8])? {
    guard !hasEnded else { return nil }
    do {
      while let (time, picture) = try film.next() {
        // Some containers tell of two pictures at once; the first is shown for no time.
        guard seen.now.map({ time > $0.time }) ?? true else { continue }
        let cells = cutter?(picture) ?? picture.bytes
        seen.add(time, cells)
        return (time, cells)
      }
    } catch {
      // What came before is worth having.
      guard seen.now != nil else { throw error }
      failure = error
    }
    hasEnded = true
    return nil
  }

  /// The picture that is nearest to a time; nil where the film has none at all.
  func nearest(to time: Double) throws -> (time: Double, cells: [UInt8])? {
    while seen.isBehind(time), try next() != nil {}
    return seen.nearest(to: time).map { ($0.time, $0.value) }
  }
}
