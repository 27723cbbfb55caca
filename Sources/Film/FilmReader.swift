// FilmReader: a film's pictures with their times, upright, in the size and colours asked for, decoded ahead of the reader.
import CLibAV
import Foundation
import Pictures

/// An open film. Several may be read at once; each is used by one thread at a time.
///
/// Times are seconds from the container's zero, each the film's own ticks rounded once: the same zero as `FilmSound`'s.
/// Pictures come with their own times, whatever the frame rate does; each is shown until the next.
///
///     let film = try FilmReader("clip.mp4", size: .within(480), colours: .grey)
///     while let (time, picture) = try film.next() { … }
public final class FilmReader {
  public let path: String
  public let information: FilmInformation
  /// The pictures' size.
  public let width: Int, height: Int
  /// When the film's first picture is shown.
  public let start: Double
  private let ahead: ReadAhead

  /// Opens a film and decodes its first picture.
  ///
  /// - Parameter range: only what is shown within it: from the picture shown at its lower bound to the last that begins before
  ///   its upper bound.
  /// - Throws: where there is no file, no film in it, or no picture that can be decoded.
  public init(
    _ path: String, size: PictureSize = .asShown, colours: PictureColours = .rgb, range: Range<Double>? = nil
  ) throws(FilmError) {
    let source = try PictureSource(path, size: size, colours: colours, range: range)
    self.path = path
    information = source.information
    start = source.start
    width = source.maker.width
    height = source.maker.height
    ahead = ReadAhead(source, bytes: width * height * colours.rawValue)
  }

  deinit { ahead.stop() }

  /// The next picture and when it is shown; nil at the end.
  ///
  /// Pictures that cannot be decoded are left out. Where the file ends long before the time that it states, or cannot be read
  /// further, every picture before is given first; who wants no more than those catches the error.
  public func next() throws(FilmError) -> (time: Double, picture: Picture)? { try ahead.next() }

  /// Goes on with the picture that is shown at `time`: the last that begins no later; the film's first where `time` lies before
  /// it, its last where `time` lies behind it.
  public func seek(to time: Double) throws(FilmError) { try ahead.seek(to: time) }
}

/// A thread that decodes ahead, at most 16 pictures or 32 MB of them.
private final class ReadAhead: @unchecked Sendable {
  /// The worker's alone once it runs.
  private let source: PictureSource
  private let limit: Int
  /// Guards what follows.
  private let condition = NSCondition()
  private var ready: [Result<(time: Double, picture: Picture), FilmError>] = []
  private var isStarted = false, isStopped = false, isDone = false, hasEnded = false
  private var wanted: Double?
  /// Counts the seeks: what was decoded for an earlier one is dropped.
  private var generation = 0

  init(_ source: PictureSource, bytes: Int) {
    self.source = source
    limit = max(1, min(16, (32 << 20) / bytes))
  }

  func next() throws(FilmError) -> (time: Double, picture: Picture)? {
    condition.lock()
    defer { condition.unlock() }
    start()
    while ready.isEmpty && !(hasEnded && wanted == nil) { condition.wait() }
    guard !ready.isEmpty else { return nil }
    condition.broadcast()
    return try ready.removeFirst().get()
  }

  func seek(to time: Double) throws(FilmError) {
    guard time.isFinite else { throw FilmError(path: source.path, expected: "a time to go to", found: "\(time) s") }
    condition.lock()
    start()
    (wanted, ready, hasEnded) = (time, [], false)
    generation += 1
    condition.broadcast()
    condition.unlock()
  }

  /// Returns when the thread has closed the film's door behind it.
  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    while isStarted && !isDone { condition.wait() }
    condition.unlock()
  }

  private func start() {
    guard !isStarted else { return }
    isStarted = true
    let thread = Thread { [self] in run() }
    thread.name = "film"
    thread.start()
  }

  private func run() {
    condition.lock()
    while true {
      while !isStopped && wanted == nil && (hasEnded || ready.count >= limit) { condition.wait() }
      if isStopped { break }
      let (asked, time) = (generation, wanted)
      wanted = nil
      condition.unlock()
      let result = Result { () throws(FilmError) in
        if let time { try source.seek(to: time) }
        return try source.next()
      }
      condition.lock()
      guard asked == generation else { continue }
      switch result {
      case .success(let picture?): ready.append(.success(picture))
      case .success(nil): hasEnded = true
      case .failure(let error):
        ready.append(.failure(error))
        hasEnded = true
      }
      condition.broadcast()
    }
    isDone = true
    condition.broadcast()
    condition.unlock()
  }
}
