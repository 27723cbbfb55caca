// FilmInformation: what a film says of itself: its length, its size as it is shown, its frame rate, its streams.
import CLibAV

/// A stream of a film or sound file.
public struct FilmStream: Equatable, Sendable {
  public enum Kind: String, Sendable { case pictures, sound, subtitles, cover, data }
  public let kind: Kind
  /// libav's short name: h264, aac.
  public let codec: String
  /// Sizes, pixels, rates, channels, in words; empty where there is nothing to say.
  public let detail: String
  /// As the file names it: eng, fra.
  public let language: String?
  /// Seconds from the container's zero, and of length, where they are stated.
  public let start: Double?, duration: Double?
}

/// What can be said of a film without decoding it.
public struct FilmInformation: Equatable, Sendable {
  /// The kind of container, by libav's short name: `mov,mp4,m4a,3gp,3g2,mj2`, `matroska,webm`.
  public let container: String
  /// Seconds, where the container states them.
  public let duration: Double?
  /// The pictures as they are shown: turned, and with square points. 0 where there are none.
  public internal(set) var width = 0, height = 0
  /// How far the stored pictures are turned clockwise to be shown: 0, 90, 180 or 270 degrees; before that they are mirrored
  /// left to right where `isMirrored`.
  public internal(set) var rotation = 0, isMirrored = false
  /// Pictures a second, where it is the same throughout.
  public internal(set) var frameRate: FrameRate?
  /// Pictures a second on average, where it is known.
  public internal(set) var averageRate: Double?
  public let streams: [FilmStream]

  /// The pictures' codec, libav's short name; nil where there are no pictures.
  public var codec: String? { streams.first { $0.kind == .pictures }?.codec }
  public var hasPictures: Bool { codec != nil }
  public var hasSound: Bool { streams.contains { $0.kind == .sound } }

  /// Opens a film or a sound file, and closes it again.
  public init(_ path: String) throws(FilmError) { self.init(try Container(path, expected: "a film"), frame: nil) }

  /// - Parameter frame: a decoded picture, which may know more.
  init(_ container: Container, frame: UnsafeMutablePointer<AVFrame>?) {
    self.container = container.format
    duration = container.duration
    streams = container.streams.map { FilmStream($0, of: container) }
    guard let stream = container.best(AVMEDIA_TYPE_VIDEO) else { return }
    let orientation = Orientation(stream, frame: frame)
    (rotation, isMirrored) = (orientation.rotation, orientation.isMirrored)
    var sides = (
      Int(frame?.pointee.width ?? stream.pointee.codecpar.pointee.width),
      Int(frame?.pointee.height ?? stream.pointee.codecpar.pointee.height)
    )
    let stretch = av_guess_sample_aspect_ratio(container.context, stream, frame).value
    if stretch >= 0.125 && stretch <= 8 { sides.0 = max(1, Int((Double(sides.0) * stretch).rounded())) }
    (width, height) = orientation.swapsSides ? (sides.1, sides.0) : sides
    averageRate = FrameRate(stream.pointee.avg_frame_rate)?.picturesPerSecond
    if Self.isConstant(stream, container) { frameRate = FrameRate(stream.pointee.r_frame_rate) }
  }

  /// Whether the mean and the least common rate agree, and the table of contents, where it lists every picture, too.
  private static func isConstant(_ stream: UnsafeMutablePointer<AVStream>, _ container: Container) -> Bool {
    let (mean, base) = (stream.pointee.avg_frame_rate.value, stream.pointee.r_frame_rate.value)
    guard mean > 0, abs(mean / base - 1) < 2e-3 else { return false }
    let entries = container.format.hasPrefix("mov") ? avformat_index_get_entries_count(stream) : 0
    var steps: (least: Int64, most: Int64)?
    var last: Int64?
    for index in 0..<entries {
      guard let time = avformat_index_get_entry(stream, index)?.pointee.timestamp else { return false }
      if let last {
        let step = time &- last
        steps = (min(step, steps?.least ?? step), max(step, steps?.most ?? step))
      }
      last = time
    }
    return steps.map { $0.most &- $0.least <= 1 || Double($0.most) / Double($0.least) < 1.01 } ?? true
  }
}

extension Orientation {
  /// As the container asks, or else the pictures themselves.
  init(_ stream: UnsafeMutablePointer<AVStream>, frame: UnsafeMutablePointer<AVFrame>?) {
    let matrix = fp_stream_matrix(stream) ?? frame.flatMap { fp_frame_matrix($0) }
    self = matrix.map { Orientation(matrix: $0) } ?? .upright
  }
}

extension FilmStream {
  init(_ stream: UnsafeMutablePointer<AVStream>, of container: Container) {
    let parameters = stream.pointee.codecpar.pointee
    switch parameters.codec_type {
    case AVMEDIA_TYPE_VIDEO:
      kind = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 ? .pictures : .cover
      let pixels = av_get_pix_fmt_name(AVPixelFormat(parameters.format)).map { ", \(String(cString: $0))" } ?? ""
      detail = "\(parameters.width) × \(parameters.height)\(pixels)"
    case AVMEDIA_TYPE_AUDIO:
      kind = .sound
      let channels = parameters.ch_layout.nb_channels
      detail = "\(parameters.sample_rate) Hz, \(channels) channel\(channels == 1 ? "" : "s")"
    case AVMEDIA_TYPE_SUBTITLE:
      kind = .subtitles
      detail = ""
    default:
      kind = .data
      detail = ""
    }
    codec = String(cString: avcodec_get_name(parameters.codec_id))
    language = av_dict_get(stream.pointee.metadata, "language", nil, 0).flatMap { entry in
      let name = String(cString: entry.pointee.value)
      return name == "und" ? nil : name
    }
    start = container.seconds(stream.pointee.start_time, of: stream)
    let ticks = stream.pointee.duration
    duration = ticks > 0 ? Double(ticks) * stream.pointee.time_base.value : nil
  }
}
