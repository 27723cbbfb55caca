// FilmOptions: how films of a pianist are named on the command line: the views, where the keys lie in them, and who reads them.
import ArgumentParser
import Conditioning
import Keyboards
import Watching

/// A film and from where it looks: `top.mp4`, or `left=left.mp4`.
struct ViewedFilm {
  let view: RollView
  let path: String

  /// - Parameter usual: the view where none is named.
  init(_ text: String, usual: RollView = .top) {
    if let (view, path) = Self.split(text) {
      (self.view, self.path) = (view, path)
    } else {
      (view, path) = (usual, text)
    }
  }

  /// What stands before and behind the name of a view and =.
  static func split(_ text: some StringProtocol) -> (view: RollView, rest: String)? {
    guard let sign = text.firstIndex(of: "="), let view = RollView(rawValue: String(text[..<sign])) else { return nil }
    return (view, String(text[text.index(after: sign)...]))
  }
}

/// `left=left.mp4,pedal=pedal.mp4`; commas in names are no borders unless a view follows.
struct ViewList: ExpressibleByArgument {
  let films: [ViewedFilm]

  init?(argument: String) {
    var parts: [String] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      if parts.isEmpty || ViewedFilm.split(part) != nil {
        parts.append(String(part))
      } else {
        parts[parts.count - 1] += "," + part
      }
    }
    let films = parts.compactMap { part in
      ViewedFilm.split(part).flatMap { $0.rest.isEmpty ? nil : ViewedFilm(part) }
    }
    guard films.count == parts.count, !films.isEmpty else { return nil }
    self.films = films
  }
}

struct FilmOptions: ParsableArguments {
  @Option(
    help: """
      Films of the same performance from other sides, begun at the same time: left=left.mp4,right=…, front=…, and \
      pedal=… of the feet.
      """) var views: [ViewList] = []
  @Option(
    help: """
      Where the keys lie, in points from the picture's upper left: the corners bass front, treble front, treble back, \
      bass back: "40,300 920,302 924,195 38,196", and, if it has fewer, "keys 36-96". Of another view: "left=…". \
      By default they are looked for.
      """) var keyboard: [String] = []
  @Option(help: "What reads the film, a .safetensors file. By default the shipped one.") var predictor: String?

  func validate() throws {
    for text in keyboard {
      let place = ViewedFilm.split(text)?.rest ?? text
      do { _ = try KeyboardPlace(place) } catch { throw ValidationError("--keyboard \(text): \(error)") }
    }
  }

  /// Whether any of them was given.
  var isGiven: Bool { !views.isEmpty || !keyboard.isEmpty || predictor != nil }

  /// The films, the one that is no option first.
  func films(_ clip: ViewedFilm) -> [ViewedFilm] { [clip] + views.flatMap(\.films) }

  /// The places that were given; the last one of a view counts.
  func places(_ clip: ViewedFilm) throws -> [RollView: KeyboardPlace] {
    var places: [RollView: KeyboardPlace] = [:]
    for text in keyboard {
      let (view, place) = ViewedFilm.split(text) ?? (clip.view, text)
      guard films(clip).contains(where: { $0.view == view }) else {
        throw Failure("--keyboard \(text): expected a view that is there, found no film of the view \(view.rawValue)")
      }
      places[view] = try KeyboardPlace(place)
    }
    return places
  }
}
