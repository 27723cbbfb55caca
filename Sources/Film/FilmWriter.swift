// FilmWriter: pictures become a film, at a constant rate or each at its own time.
import CLibAV
import Pictures

/// A film being written. Until `close` what was at its path before stays, and nothing is left of it without.
/// Used by one thread at a time. The same pictures make the same bytes.
///
///     let film = try FilmWriter("clip.mp4", width: 480, height: 270, frameRate: 25)
///     for picture in pictures { try film.write(picture) }
///     try film.close()
public final class FilmWriter {
  public let path: String
  public let width: Int, height: Int
  /// The encoder that was found: `libx264`.
  public let encoder: String
  /// Pictures written so far.
  public private(set) var frames = 0
  private let output: Output
  private let codec: UnsafeMutablePointer<AVCodecContext>
  private let stream: UnsafeMutablePointer<AVStream>
  private let isFull: Bool
  private var scalers: [PictureColours: UnsafeMutableRawPointer] = [:]
  /// The time of the last picture, in units of the encoder.
  private var last: Int64?

  /// Begins a film. The path's ending names the container: `.mp4`, `.mov`, `.mkv`, `.webm`, `.avi`.
  ///
  /// - Parameters:
  ///   - width: of the pictures, points; `height` likewise. An odd side is filled up by repeating its last column or row,
  ///     since most codecs want even ones.
  ///   - frameRate: pictures a second.
  ///   - ticks: into how many parts a picture's time can be cut, for pictures at times of their own; 1 where they come at a
  ///     constant rate.
  ///   - rotation: how far players turn the pictures clockwise, in degrees: 0, 90, 180, 270. In `.mp4` and `.mov`.
  ///   - options: the encoder's own, as FFmpeg names them: `["preset": "medium", "bf": "0", "g": "12"]`.
  public init(
    _ path: String, width: Int, height: Int, frameRate: FrameRate, ticks: Int = 1, codec kind: FilmCodec = .h264,
    quality: FilmQuality = .constant(0.55), rotation: Int = 0, options: [String: String] = [:]
  ) throws(FilmError) {
    guard width > 0, height > 0, width <= mostPoints, height <= mostPoints, width * height <= mostPoints else {
      throw FilmError(path: path, expected: "pictures of 1…\(mostPoints) points", found: "\(width) × \(height)")
    }
    guard let encoder = kind.encoder, let codec = avcodec_alloc_context3(encoder) else {
      throw FilmError(path: path, expected: "an encoder for \(kind.rawValue)", found: "none in this libavcodec")
    }
    var owned: UnsafeMutablePointer<AVCodecContext>? = codec
    defer { avcodec_free_context(&owned) }
    let output = try Output(path)
    let name = String(cString: encoder.pointee.name)
    let isLossless = kind == .lossless
    isFull = isLossless || kind == .mjpeg
    codec.pointee.width = Int32(isLossless ? width : width + width % 2)
    codec.pointee.height = Int32(isLossless ? height : height + height % 2)
    codec.pointee.pix_fmt = isLossless ? AV_PIX_FMT_BGR0 : isFull ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P
    if !isLossless {
      codec.pointee.color_range = isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
      codec.pointee.colorspace = coloursBySize(width: width, height: height)
      codec.pointee.color_primaries = AVCOL_PRI_BT709
      codec.pointee.color_trc = AVCOL_TRC_BT709
    }
    guard let rate = Int32(exactly: frameRate.numerator), let over = Int32(exactly: frameRate.denominator),
      ticks > 0, let units = Int32(exactly: frameRate.numerator.multipliedReportingOverflow(by: ticks).partialValue),
      units > 0
    else {
      throw FilmError(path: path, expected: "a frame rate that films have", found: "\(frameRate) in \(ticks) parts")
    }
    codec.pointee.framerate = AVRational(num: rate, den: over)
    codec.pointee.time_base = AVRational(num: over, den: units)
    codec.pointee.thread_count = 1
    codec.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    if output.format.pointee.flags & AVFMT_GLOBALHEADER != 0 { codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    var settings = usualOptions(encoder: name)
    settings.merge(quality.apply(to: codec, encoder: name)) { $1 }
    settings.merge(options) { $1 }
    try openEncoder(codec, encoder, options: settings, path: path)
    stream = try output.addStream(codec)
    // Matroska would state it as every picture's.
    if ticks == 1 { stream.pointee.avg_frame_rate = codec.pointee.framerate }
    if rotation % 360 != 0 {
      var turned = Orientation.upright
      turned.rotation = ((rotation / 90 * 90) % 360 + 360) % 360
      fp_set_stream_matrix(stream, turned.matrix)
    }
    try output.begin()
    self.path = path
    self.width = width
    self.height = height
    self.encoder = name
    self.output = output
    self.codec = codec
    owned = nil
  }

  deinit {
    var codec: UnsafeMutablePointer<AVCodecContext>? = codec
    avcodec_free_context(&codec)
    for scaler in scalers.values { fp_free_scaler(scaler) }
  }

  /// Appends a picture of the film's size, grey or in colours.
  ///
  /// - Parameter time: when it is shown, in seconds, rounded to the film's units; later than the one before. Without it, one
  ///   picture's time after the one before.
  public func write(_ picture: Picture, at time: Double? = nil) throws(FilmError) {
    guard picture.width == width && picture.height == height else {
      throw FilmError(
        path: path, expected: "pictures of \(width) × \(height)", found: "one of \(picture.width) × \(picture.height)")
    }
    let units = codec.pointee.time_base
    let ticks = av_rescale_q(1, av_inv_q(codec.pointee.framerate), units)
    let moment = time.map { ($0 / units.value).rounded() }
    guard moment.map({ abs($0) < 1e15 && $0 > Double(last ?? .min) }) ?? true else {
      throw FilmError(path: path, expected: "a time later than the last picture's", found: "\(time ?? 0) s")
    }
    let now = moment.map { Int64($0) } ?? last.map { $0 + ticks } ?? 0
    guard let frame = encoded(picture) else {
      throw FilmError(path: path, expected: "memory for a picture", found: "none")
    }
    defer {
      var frame: UnsafeMutablePointer<AVFrame>? = frame
      av_frame_free(&frame)
    }
    frame.pointee.pts = now
    frame.pointee.quality = codec.pointee.global_quality
    try output.encode(frame, codec, stream)
    last = now
    frames += 1
  }

  /// Completes the film and puts it in its place.
  public func close() throws(FilmError) {
    guard output.isOpen else { return }
    guard frames > 0 else { throw FilmError(path: path, expected: "a film of one picture or more", found: "none") }
    try output.encode(nil, codec, stream)
    try output.finish()
  }

  /// A picture in the encoder's pixels.
  private func encoded(_ picture: Picture) -> UnsafeMutablePointer<AVFrame>? {
    let (columns, rows) = (Int(codec.pointee.width), Int(codec.pointee.height))
    let format = picture.colours == .grey ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24
    let colours = Int32(coloursBySize(width: width, height: height).rawValue)
    if scalers[picture.colours] == nil {
      scalers[picture.colours] = fp_scaler(
        Int32(columns), Int32(rows), format, 1, colours, Int32(columns), Int32(rows), codec.pointee.pix_fmt,
        isFull ? 1 : 0, colours)
    }
    guard let scaler = scalers[picture.colours], let plain = emptyPicture(columns, rows, format) else { return nil }
    var source: UnsafeMutablePointer<AVFrame>? = plain
    defer { av_frame_free(&source) }
    guard let to = plain.pointee.data.0, let frame = emptyPicture(columns, rows, codec.pointee.pix_fmt) else {
      return nil
    }
    let stride = Int(plain.pointee.linesize.0)
    let line = width * picture.channels
    picture.bytes.withUnsafeBufferPointer { bytes in
      for row in 0..<rows {
        let from = bytes.baseAddress! + min(row, height - 1) * line
        (to + row * stride).update(from: from, count: line)
        if columns > width {
          (to + row * stride + line).update(from: from + line - picture.channels, count: picture.channels)
        }
      }
    }
    frame.pointee.color_range = codec.pointee.color_range
    frame.pointee.colorspace = codec.pointee.colorspace
    guard fp_scale(scaler, plain, frame) == Int32(rows) else {
      var frame: UnsafeMutablePointer<AVFrame>? = frame
      av_frame_free(&frame)
      return nil
    }
    return frame
  }
}
