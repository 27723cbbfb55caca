// Seeing: the commands' way from films to a score: opened, the keys found, watched with progress, and what is to be told.
import Conditioning
import Film
import Foundation
import Keyboards
import Score
import Watching

/// Films that are about to be watched.
struct Seeing {
  /// Where the keys of a view lie, and how sure that is where nobody said it.
  struct Place {
    let view: RollView
    let path: String
    let place: KeyboardPlace?
    let confidence: Double?
  }

  /// What came of it.
  struct Result {
    let roll: WatchedRoll
    /// Where they are to be drawn: when each moment was, and how surely each key was down then, 0…255: 88 of each.
    var times: [Double] = [], down: [UInt8] = []
    var tellsVelocities = false

    /// The score as it is written. What is performed at once is what is read from that, so that a score that was kept sounds the
    /// same again.
    var midi: [UInt8] { roll.score.midi() }
  }

  let clip: ViewedFilm
  let films: [ViewedFilm]
  let model: any RollModel
  let places: [Place]
  let watcher: Watcher
  private(set) var notices: [String] = []

  /// - Parameter range: the part that is watched.
  init(_ clip: ViewedFilm, _ options: FilmOptions, range: Range<Double>?, predictor path: String) throws {
    self.clip = clip
    model = try RollModels.open(path)
    films = options.films(clip)
    let given = try options.places(clip)
    let usable = model.usable(Set(films.map(\.view)))
    var places: [Place] = []
    for film in films where film.view.seesKeys && usable.contains(film.view) {
      if let place = given[film.view] {
        places.append(Place(view: film.view, path: film.path, place: place, confidence: nil))
      } else {
        let found = try Self.find(film, clip, range)
        places.append(Place(view: film.view, path: film.path, place: found.place, confidence: found.confidence))
        if found.confidence < 0.5 {
          notices.append(
            "\(film.path): the keys were found at \"\(found.place)\", but not surely (\(Self.rounded(found.confidence)) of 1); "
              + "look at it with --overlay, and say it with --keyboard")
        } else if !found.isOctaveKnown {
          notices.append(
            "\(film.path): which octave is which cannot be seen; the middle of the keyboard was taken for the middle of a piano"
          )
        }
      }
    }
    self.places = places
    watcher = try Watcher(
      model,
      films.map { film in
        WatchedFilm(film.view, film.path, place: places.first { $0.view == film.view && $0.path == film.path }?.place)
      }, range: range)
    if let range, let end = watcher.duration, range.lowerBound >= end {
      throw Failure("\(clip.path): --from \(range.lowerBound) s lies behind its end at \(Self.rounded(end)) s")
    }
  }

  private static func find(_ film: ViewedFilm, _ clip: ViewedFilm, _ range: Range<Double>?) throws -> FoundPlace {
    do { return try KeyboardSearch.find(film.path, range: range) } catch let error as WatchingError {
      let prefix = film.view == clip.view ? "" : film.view.rawValue + "="
      throw Failure("\(error). Where the keys lie can be said with --keyboard \"\(prefix)x,y x,y x,y x,y\"")
    }
  }

  /// The seconds that are going to be watched, where that is known.
  func seconds(_ range: Range<Double>?) -> Double? {
    let end = min(range?.upperBound ?? .infinity, watcher.duration ?? .infinity)
    return end.isFinite ? max(0, end - (range?.lowerBound ?? 0)) : nil
  }

  /// Watches the films.
  ///
  /// - Parameter isDrawn: keeps what is said of each moment; else memory does not grow with the film, but for its notes.
  func watch(_ range: Range<Double>?, isDrawn: Bool = false, isQuiet: Bool) throws -> Result {
    var step = Step("watching", seconds: seconds(range), isQuiet: isQuiet)
    defer { step.finish() }
    var (times, down, tellsVelocities) = ([Double](), [UInt8](), false)
    let roll = try watcher.watch { frames in
      for frame in frames {
        tellsVelocities = tellsVelocities || !frame.velocity.isEmpty
        guard isDrawn else { continue }
        times.append(frame.time)
        down += frame.down.map { UInt8(max(0, min(255, $0.isFinite ? $0 * 255 : 0))) }
      }
      if let last = frames.last?.time { try step.show(last - (range?.lowerBound ?? 0)) }
    }
    step.complete()
    return Result(roll: roll, times: times, down: down, tellsVelocities: tellsVelocities)
  }

  static func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}
