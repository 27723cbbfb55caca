// FilmFeatures: a film in, one feature a picture out, with the pictures' own times. Streams: a few pictures are in memory.
// What was computed before comes from the cache; there the film is known by its bytes, not by its name.
import Conditioning
import Film
import Pictures
import Tensors

/// What a film shows, as a generator takes it.
public struct FilmFeatures: Sendable {
  /// One a picture, [pictures, width].
  public let features: Tensor
  /// When each picture is shown, in seconds from the container's zero; rising. Each is shown until the next.
  public let times: [Double]

  /// - Parameters:
  ///   - rate: at most so many pictures a second: those that are shown at its ticks, which count from the first picture.
  ///     All of them if nil.
  ///   - batch: pictures that are computed together; the result does not depend on it.
  ///   - progress: hears the time of the last picture that was done; what it throws ends the work.
  /// - Throws: `FilmError` where the file is no film or breaks off, `WeightsError` where the model cannot be read.
  public static func of(
    _ path: String, _ encoder: ImageEncoder, rate: Double? = nil, cache: FeatureCache? = nil, batch: Int = 8,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> FilmFeatures {
    func made() throws -> [Tensor] { try compute(path, encoder, rate, batch: batch, progress) }
    let kept: [Tensor]
    if let cache {
      let key = ["film", encoder.identity, try ContentDigest.text(file: path), rate.map { "\($0)" } ?? "all"]
      kept = try cache.tensors(key, names: ["features", "times"], make: made)
    } else {
      kept = try made()
    }
    return FilmFeatures(features: kept[0], times: ExactTimes.seconds(kept[1]))
  }

  /// What happens in a film, seen without a network (`MotionView`), at most 25 pictures a second.
  ///
  /// - Parameters:
  ///   - range: the part of the film that is looked at, in its own time; all of it if nil.
  ///   - progress: hears the time of the last picture that was done; what it throws ends the work.
  /// - Throws: `FilmError` where the file is no film or breaks off.
  public static func motion(
    _ path: String, range: Range<Double>? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> FilmFeatures {
    let film = try FilmReader(
      path, size: .exactly(width: MotionView.pictureWidth, height: MotionView.pictureHeight), colours: .grey,
      range: range)
    let wanted = WantedPictures(film, rate: 25)
    var view = MotionView()
    var (rows, times) = ([Float](), [Double]())
    func take(_ told: (time: Double, features: [Float])?) throws {
      guard let told else { return }
      rows += told.features
      times.append(told.time)
      try progress(told.time)
    }
    while let (time, picture) = try wanted.next() { try take(view.add(time, picture)) }
    try take(view.finish())
    return FilmFeatures(features: Tensor(Shape(times.count, MotionView.width), rows), times: times)
  }

  /// The features, and their `ExactTimes`, [pictures, 2].
  private static func compute(
    _ path: String, _ encoder: ImageEncoder, _ rate: Double?, batch: Int, _ progress: (Double) throws -> Void
  ) throws -> [Tensor] {
    let film = try FilmReader(path)
    let wanted = WantedPictures(film, rate: rate)
    var features = [Tensor(zeros: Shape(0, encoder.width))]
    var times: [Double] = []
    var waiting: [Picture] = []
    func flush() throws {
      guard !waiting.isEmpty else { return }
      features.append(try encoder.features(of: waiting))
      waiting = []
      try progress(times.last!)
    }
    while let (time, picture) = try wanted.next() {
      times.append(time)
      waiting.append(picture)
      if waiting.count == batch { try flush() }
    }
    try flush()
    return [concatenate(features, axis: 0), ExactTimes.rows(times)]
  }
}
