// WantedPictures: the pictures of a film one after the other: all of them, or those that a steady look would catch.
// Streams: one picture is held back, for how long a picture is shown is known when the next one comes.
import Film
import Pictures

/// A film that is looked at so many times a second.
final class WantedPictures {
  private let film: FilmReader
  private let rate: Double?
  private var last: (time: Double, picture: Picture)?
  private var length = 0.0, isAnyTaken = false, hasEnded = false

  /// - Parameter rate: at most so many pictures a second: those that are shown at its ticks, which count from the first picture.
  ///   All of them if nil.
  init(_ film: FilmReader, rate: Double?) { (self.film, self.rate) = (film, rate) }

  /// The next picture that is wanted and when it is shown; nil at the end. A film has at least one.
  func next() throws(FilmError) -> (time: Double, picture: Picture)? {
    while !hasEnded {
      let next = try film.next()
      let shown = last
      if let next, let shown {
        // Some containers tell of two pictures at once; the first is shown for no time.
        guard next.time > shown.time else { continue }
        length = next.time - shown.time
      }
      last = next
      hasEnded = next == nil
      // The last picture is shown as long as the one before it.
      guard let shown, isWanted(shown.time - film.start) || hasEnded && !isAnyTaken else { continue }
      isAnyTaken = true
      return shown
    }
    return nil
  }

  /// Whether a tick of the rate falls into the time for which a picture is shown.
  private func isWanted(_ time: Double) -> Bool {
    guard let rate else { return true }
    // Times are rounded, ticks are not.
    let begin = time * rate - 1e-6
    return begin.rounded(.up) < begin + length * rate
  }
}
