// Container: an open file of libav, its streams and packets, and the zero that all times are counted from.
// Nothing but plain files is opened, whatever a file says of others.
import CLibAV
import Glibc

/// An open film or sound file. Used by one thread at a time.
final class Container {
  let path: String
  let context: UnsafeMutablePointer<AVFormatContext>
  /// What libav's times are minus ours, in seconds: 0 where the container's own time begins at zero; where it begins
  /// anywhere, as in transport streams, its earliest stream's beginning.
  let zero: Double

  /// - Parameter expected: what the file should be, for the error's words.
  init(_ path: String, expected: String) throws(FilmError) {
    _ = libavIsReady
    self.path = path
    try Self.checkFile(path, expected: expected)
    var opened: UnsafeMutablePointer<AVFormatContext>?
    var options: OpaquePointer?
    av_dict_set(&options, "protocol_whitelist", "file", 0)
    av_dict_set(&options, "format_whitelist", Self.formats, 0)
    let error = avformat_open_input(&opened, "file:" + path, nil, &options)
    av_dict_free(&options)
    guard error == 0, let context = opened else {
      throw FilmError(path: path, expected: expected, found: Self.unopened(path, error))
    }
    guard Self.examine(context) >= 0 else {
      avformat_close_input(&opened)
      throw FilmError(path: path, expected: expected, found: "nothing that can be read as one")
    }
    self.context = context
    let starts = Self.streams(context).filter(Self.isTimed).compactMap(Self.start)
    zero = context.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 ? starts.min() ?? 0 : 0
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
  }

  var streams: [UnsafeMutablePointer<AVStream>] { Self.streams(context) }

  /// The kind of container, by libav's short name.
  var format: String { String(cString: context.pointee.iformat.pointee.name) }

  /// The length in seconds that the container states, not what libav guesses from its size.
  var duration: Double? {
    let ticks = context.pointee.duration
    guard ticks > 0, context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE else { return nil }
    return Double(ticks) / Double(AV_TIME_BASE)
  }

  /// The stream of pictures or of sound that a player would choose; none where there is but the picture of a cover.
  func best(_ kind: AVMediaType) -> UnsafeMutablePointer<AVStream>? {
    let index = av_find_best_stream(context, kind, -1, -1, nil, 0)
    guard index >= 0, Int(index) < streams.count else { return nil }
    let stream = streams[Int(index)]
    return stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 ? stream : nil
  }

  /// What the file holds, for errors.
  var contents: String {
    let kinds = streams.map { stream -> String in
      switch stream.pointee.codecpar.pointee.codec_type {
      case AVMEDIA_TYPE_VIDEO:
        stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 ? "pictures" : "a cover"
      case AVMEDIA_TYPE_AUDIO: "sound"
      case AVMEDIA_TYPE_SUBTITLE: "subtitles"
      default: "data"
      }
    }
    let distinct = kinds.enumerated().filter { kinds.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    return distinct.isEmpty ? "an empty container" : distinct.joined(separator: ", ") + " only"
  }

  /// A time of a stream in seconds from `zero`; nil for what libav calls none.
  func seconds(_ ticks: Int64, of stream: UnsafeMutablePointer<AVStream>) -> Double? {
    guard ticks != fp_no_time() else { return nil }
    return Double(ticks) * stream.pointee.time_base.value - zero
  }

  /// The next packet, of whatever stream: 0, or libav's error, `fp_error_end()` at the end.
  func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
    for _ in 0..<1000 {
      let error = av_read_frame(context, packet)
      if error != fp_error_again() { return error }
    }
    return fp_error_invalid()
  }

  /// Goes to a place from which the picture or sound at `seconds` can be decoded, where the container knows one.
  func seek(_ stream: UnsafeMutablePointer<AVStream>, to seconds: Double) -> Bool {
    let ticks = ((seconds + zero) / max(stream.pointee.time_base.value, 1e-12)).rounded(.down)
    let bounded = Int64(max(-4e18, min(4e18, ticks)))
    return av_seek_frame(context, stream.pointee.index, bounded, AVSEEK_FLAG_BACKWARD) >= 0
  }

  /// All that libav opens but lists of other files, which it would follow or wait for, and text that it would draw.
  private static let formats: String = {
    let others: Set = [
      "hls", "applehttp", "dash", "concat", "imf", "rtsp", "sdp", "sap", "rtp", "tty", "lavfi", "avisynth",
    ]
    var names: [String] = []
    var place: UnsafeMutableRawPointer?
    while let format = av_demuxer_iterate(&place) {
      names += String(cString: format.pointee.name).split(separator: ",").map(String.init).filter {
        !others.contains($0)
      }
    }
    return names.joined(separator: ",")
  }()

  private static func streams(_ context: UnsafeMutablePointer<AVFormatContext>) -> [UnsafeMutablePointer<AVStream>] {
    (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
  }

  private static func isTimed(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
    [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO].contains(stream.pointee.codecpar.pointee.codec_type)
  }

  private static func start(_ stream: UnsafeMutablePointer<AVStream>) -> Double? {
    let start = stream.pointee.start_time
    return start == fp_no_time() ? nil : Double(start) * stream.pointee.time_base.value
  }

  /// Reads the first packets, decoding what the header does not say, but no picture beyond `mostPoints`.
  private static func examine(_ context: UnsafeMutablePointer<AVFormatContext>) -> Int32 {
    let count = Int(context.pointee.nb_streams)
    var options = [OpaquePointer?](repeating: nil, count: max(1, count))
    for index in options.indices { av_dict_set_int(&options[index], "max_pixels", Int64(mostPoints), 0) }
    defer { for index in options.indices { av_dict_free(&options[index]) } }
    return avformat_find_stream_info(context, &options)
  }

  /// Plain files only: a pipe would be read for ever, a folder not at all.
  private static func checkFile(_ path: String, expected: String) throws(FilmError) {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw FilmError(path: path, expected: expected, found: String(cString: strerror(errno)))
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw FilmError(path: path, expected: expected, found: kind == S_IFDIR ? "a folder" : "no plain file")
    }
    guard status.st_size > 0 else { throw FilmError(path: path, expected: expected, found: "an empty file") }
  }

  /// Why libav did not open a file. MP4 keeps its table of contents at the end until it is whole.
  private static func unopened(_ path: String, _ error: Int32) -> String {
    // The second is libav's word for formats that we do not let it open.
    guard error == fp_error_invalid() || error == -EINVAL else { return words(error) }
    var head = [UInt8](repeating: 0, count: 12)
    if let file = fopen(path, "r") {
      _ = fread(&head, 1, head.count, file)
      fclose(file)
    }
    return Array(head[4..<8]) == Array("ftyp".utf8)
      ? "an MP4 or QuickTime file without a readable table of contents (a recording that was cut short?)"
      : "nothing that can be read as one"
  }
}
