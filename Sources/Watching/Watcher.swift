// Watcher: films of one performance in, its score out. Streams: however long they are, a few pictures are in memory.
// Each film is decoded ahead on a thread of its own while the network runs on the caller's.
import Conditioning
import Film
import Score

/// What was seen.
public struct WatchedRoll: Sendable, Equatable {
  /// Times are the first film's, counted from its container's zero, whatever part of it was watched.
  public var score: Score
  /// Notes of little confidence, in order of time.
  public var doubts: [DecodedRoll.Doubt]
  /// Moments that were judged.
  public var moments: Int
  /// From the first to the last of them.
  public var range: ClosedRange<Double>
  /// What the user should know: films that end early, that are damaged, that the predictor has no use for.
  public var notices: [String]
}

/// Watches films once.
public final class Watcher {
  public let model: any RollModel
  /// Those that are watched, in the predictor's order; their times are the first one's.
  public let views: [RollView]
  /// The length of the first film where it states one.
  public var duration: Double? { readers[0].duration }
  private let readers: [ViewReader]
  private let range: Range<Double>
  private var notices: [String] = []

  /// Opens the films.
  ///
  /// - Parameter range: seconds; what lies around it is looked at, but not told.
  /// - Throws: `FilmError` and `WatchingError`: where a file is no film, a view is named twice, none is of use, or the place of
  ///   keys is missing.
  public init(_ model: any RollModel, _ films: [WatchedFilm], range: Range<Double>? = nil) throws {
    self.model = model
    let named = Dictionary(grouping: films, by: \.view)
    if let twice = named.values.first(where: { $0.count > 1 }) {
      throw WatchingError(
        path: twice[1].path, expected: "one film of the view \(twice[0].view.rawValue)",
        found: "another: \(twice[0].path)")
    }
    views = model.usable(Set(named.keys))
    guard !views.isEmpty else {
      throw WatchingError(
        path: model.path, expected: "views that the predictor knows: \(Self.list(model.known))",
        found: films.isEmpty ? "none" : "\(Self.list(films.map(\.view))) only")
    }
    for film in films where !views.contains(film.view) {
      notices.append("\(film.path): the predictor has no use for the view \(film.view.rawValue)")
    }
    self.range = range ?? -.infinity..<(.infinity)
    // Windows at the ends of a part see what lies around it.
    let margin = 4 / model.rate
    let wide = range.map { $0.lowerBound - margin..<$0.upperBound + margin }
    readers = try views.map { view in try ViewReader(named[view]![0], model, range: wide) }
  }

  /// Watches to the end.
  ///
  /// - Parameters:
  ///   - batch: moments that are judged at once.
  ///   - each: takes what was said of moments, in order of time, as it is said; what it throws ends the work.
  /// - Throws: where there is not one picture in the range.
  public func watch(batch: Int = 8, each: ([RollFrame]) throws -> Void = { _ in }) throws -> WatchedRoll {
    let stream = RollStream(RollRunner(model, views: views, batch: batch))
    var decoder = RollDecoder(model.thresholds.seen(from: views), rate: model.rate)
    var (moments, first, last) = (0, Double?.none, 0.0)
    func take(_ frames: [RollFrame]) throws {
      let inside = frames.filter { range.contains($0.time) }
      guard let end = inside.last?.time else { return }
      for frame in inside { decoder.add(frame) }
      moments += inside.count
      first = first ?? inside[0].time
      last = end
      try each(inside)
    }
    while let (time, pictures) = try next() { try take(stream.add(time: time, pictures)) }
    try take(stream.finish())
    guard let first else { throw nothing() }
    for reader in readers {
      if let failure = reader.failure { notices.append("\(failure); what lies before was watched") }
    }
    let roll = decoder.finish()
    return WatchedRoll(
      score: roll.score, doubts: roll.doubts, moments: moments, range: first...last, notices: notices)
  }

  /// All views at the next time of the first; nil when one of them has ended.
  private func next() throws -> (time: Double, pictures: [[UInt8]])? {
    // Cameras that show nothing new keep their picture; one that has stopped, or has not begun, is another thing.
    let reach = max(0.1, 2 / model.rate)
    search: while let (time, cells) = try readers[0].next() {
      var pictures = [cells]
      for reader in readers.dropFirst() {
        guard let (other, seen) = try reader.nearest(to: time) else { return nil }
        if reader.hasEnded, time - other > reach {
          if range.contains(time) {
            notices.append(
              "\(reader.path): ends at \(Self.seconds(other)), and the others are not watched beyond it")
          }
          return nil
        }
        if reader.seen.before == nil, other - time > reach {
          say("\(reader.path): begins at \(Self.seconds(other)), and the others are not watched before it")
          continue search
        }
        pictures.append(seen)
      }
      return (time, pictures)
    }
    return nil
  }

  private func say(_ notice: String) { if !notices.contains(notice) { notices.append(notice) } }

  private func nothing() -> WatchingError {
    let end = readers[0].seen.now.map { "; its last picture is at \(Self.seconds($0.time))" } ?? ""
    let wanted =
      range.lowerBound.isFinite
      ? "pictures between \(Self.seconds(range.lowerBound)) and \(range.upperBound < 1e8 ? Self.seconds(range.upperBound) : "its end")"
      : "pictures that all views have"
    return WatchingError(path: readers[0].path, expected: wanted, found: "none\(end)")
  }

  private static func seconds(_ time: Double) -> String { "\((time * 100).rounded() / 100) s" }
  private static func list(_ views: [RollView]) -> String { views.map(\.rawValue).joined(separator: ", ") }
}

extension RollModel {
  /// The views that a predictor can make use of when all are there.
  public var known: [RollView] { usable(Set(RollView.allCases)) }
}
