// PictureSource: a film's pictures in order with their times, and from any time on, without a thread of its own.
import CLibAV
import Pictures

/// How large the pictures are to be.
public enum PictureSize: Equatable, Sendable {
  /// As the film is shown.
  case asShown
  /// Just so, stretched where the film has other proportions.
  case exactly(width: Int, height: Int)
  /// As shown, made smaller where the longer side has more points than this.
  case within(Int)
}

/// Used by one thread at a time.
final class PictureSource {
  let path: String
  let information: FilmInformation
  let maker: PictureMaker
  /// When the film's first picture is shown.
  let start: Double
  private var decoder: StreamDecoder
  private let end: Double
  /// Decoded, and not yet given.
  private var ready: [(time: Double, frame: DecodedFrame)] = []
  /// How much later than they are shown pictures are stamped: AVI knows the times of decoding only.
  private let late: Double
  /// The time of the picture decoded last, and what is added to stamps since they went back.
  private var last: Double?
  private var shift = 0.0
  private var ends = false

  private static let expected = "a film"
  private var nominal: Double { 1 / (information.averageRate ?? 25) }

  /// Opens the film and decodes its first picture.
  init(
    _ path: String, size: PictureSize, colours: PictureColours, range: Range<Double>?
  ) throws(FilmError) {
    self.path = path
    decoder = try StreamDecoder(path, AVMEDIA_TYPE_VIDEO, expected: Self.expected)
    guard let first = decoder.next() else {
      throw FilmError(
        path: path, expected: Self.expected,
        found: decoder.damaged > 0 ? "pictures that cannot be decoded" : "one without pictures")
    }
    information = FilmInformation(decoder.container, frame: first.frame)
    let sides = try Self.sides(size, information, path)
    let orientation = Orientation(decoder.stream, frame: first.frame)
    guard
      let maker = PictureMaker(
        width: sides.width, height: sides.height, colours: colours, orientation: orientation)
    else {
      throw FilmError(path: path, expected: "memory for its pictures", found: "\(sides.width) × \(sides.height) points")
    }
    self.maker = maker
    let begins = decoder.container.seconds(decoder.stream.pointee.start_time, of: decoder.stream) ?? 0
    late = decoder.container.format == "avi" ? max(0, (first.stamp ?? 0) - begins) : 0
    start = (first.stamp ?? 0) - late
    end = range?.upperBound ?? .infinity
    ready = [(start, first)]
    last = start
    if let begin = range?.lowerBound, begin > start { try seek(to: begin) }
  }

  private static func sides(
    _ size: PictureSize, _ information: FilmInformation, _ path: String
  ) throws(FilmError) -> (width: Int, height: Int) {
    var sides = (width: information.width, height: information.height)
    switch size {
    case .asShown: break
    case .exactly(let width, let height): sides = (width, height)
    case .within(let most):
      let longer = max(sides.width, sides.height)
      if longer > most && most > 0 {
        sides = (
          max(1, (sides.width * most + longer / 2) / longer), max(1, (sides.height * most + longer / 2) / longer)
        )
      }
    }
    guard
      sides.width > 0, sides.height > 0, sides.width <= mostPoints, sides.height <= mostPoints,
      sides.width * sides.height <= mostPoints
    else {
      throw FilmError(
        path: path, expected: "pictures of 1…\(mostPoints) points", found: "\(sides.width) × \(sides.height)")
    }
    return sides
  }

  /// The next picture and when it is shown; nil at the end.
  func next() throws(FilmError) -> (time: Double, picture: Picture)? {
    while !ends {
      let taken = ready.isEmpty ? decode() : ready.removeFirst()
      guard let taken, taken.time < end else {
        ends = true
        if taken == nil, let shortfall = decoder.shortfall { throw shortfall }
        break
      }
      let codec = decoder.stream.pointee.codecpar.pointee.codec_id
      // Pixels that nothing can be made of: left out, as packets are that cannot be decoded.
      if let picture = maker.picture(taken.frame.frame, codec: codec) { return (taken.time, picture) }
    }
    return nil
  }

  /// Goes on with the picture that is shown at `time`: the last that begins no later, or the film's first.
  func seek(to time: Double) throws(FilmError) {
    guard time.isFinite else { throw FilmError(path: path, expected: "a time to go to", found: "\(time) s") }
    ends = false
    // Containers lead to where decoding can begin by other times than those of showing: so perhaps from further back.
    for back in [0, 1, 4, 16] where decoder.seek(to: time - Double(back)) {
      forget()
      if advance(to: time) { return }
    }
    decoder = try StreamDecoder(path, AVMEDIA_TYPE_VIDEO, expected: Self.expected)
    forget()
    _ = advance(to: time)
  }

  private func forget() { (ready, last, shift) = ([], nil, 0) }

  /// Decodes until the picture shown at `time` is ready. False where decoding began behind it.
  private func advance(to time: Double) -> Bool {
    guard var shown = decode() else { return false }
    guard shown.time <= time || shown.time <= start else {
      ready = [shown]
      return false
    }
    while let following = decode() {
      if following.time > time {
        ready = [shown, following]
        return true
      }
      shown = following
    }
    ready = [shown]
    return true
  }

  /// The next picture and its time. Times that are missing or go back are mended, so that each is later than the one before.
  private func decode() -> (time: Double, frame: DecodedFrame)? {
    guard let frame = decoder.next() else { return nil }
    var time = frame.stamp.map { $0 - late + shift } ?? last.map { $0 + nominal } ?? 0
    if let last, time <= last {
      if last - time > 1 {
        // Films that were joined, each with times of its own.
        shift += last + nominal - time
        time = last + nominal
      } else {
        time = last + decoder.stream.pointee.time_base.value
      }
    }
    last = time
    return (time, frame)
  }
}
