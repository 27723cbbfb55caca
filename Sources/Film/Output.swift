// Output: a film file being written by libav: streams, packets in the order of time, and the file in its place when whole.
// The same packets make the same bytes: no dates, no program's name.
import CLibAV
import Media

/// Used by one thread at a time. Until `finish` what was at its path before stays, and nothing is left of it without.
final class Output {
  let path: String
  let context: UnsafeMutablePointer<AVFormatContext>
  private let part: PartFile
  private let packet: UnsafeMutablePointer<AVPacket>
  /// Whether it is still being written.
  private(set) var isOpen = true

  /// The path's ending names the kind of container.
  init(_ path: String) throws(FilmError) {
    _ = libavIsReady
    var made: UnsafeMutablePointer<AVFormatContext>?
    avformat_alloc_output_context2(&made, nil, nil, path)
    guard let context = made, context.pointee.oformat.pointee.flags & AVFMT_NOFILE == 0,
      context.pointee.oformat.pointee.video_codec != AV_CODEC_ID_NONE
    else {
      avformat_free_context(made)
      throw FilmError(
        path: path, expected: "a name that ends as films do (.mp4, .mov, .mkv, .webm, .avi)", found: "another")
    }
    do { part = try PartFile(path) } catch {
      avformat_free_context(context)
      throw FilmError(path: path, expected: "to write there", found: error.reason)
    }
    let error = avio_open(&context.pointee.pb, "file:" + part.writing, AVIO_FLAG_WRITE)
    guard error >= 0, let packet = av_packet_alloc() else {
      avformat_free_context(context)
      throw FilmError(path: path, expected: "to write there", found: words(error))
    }
    context.pointee.flags |= AVFMT_FLAG_BITEXACT
    // Otherwise sound that begins before zero, as encoders prime it, would move the pictures.
    context.pointee.avoid_negative_ts = 0
    self.path = path
    self.context = context
    self.packet = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
    if isOpen {
      avio_closep(&context.pointee.pb)
      part.discard()
    }
    avformat_free_context(context)
  }

  var format: UnsafePointer<AVOutputFormat> { context.pointee.oformat }
  var formatName: String { String(cString: format.pointee.name) }

  func addStream() throws(FilmError) -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(context, nil) else {
      throw FilmError(path: path, expected: "memory for a stream", found: "none")
    }
    return stream
  }

  /// A stream of what an open encoder makes.
  func addStream(_ codec: UnsafeMutablePointer<AVCodecContext>) throws(FilmError) -> UnsafeMutablePointer<AVStream> {
    let stream = try addStream()
    stream.pointee.time_base = codec.pointee.time_base
    stream.pointee.sample_aspect_ratio = codec.pointee.sample_aspect_ratio
    try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "to describe a stream")
    return stream
  }

  /// Writes the head, after all streams were added.
  func begin() throws(FilmError) {
    try check(avformat_write_header(context, nil), "a container that takes these streams")
  }

  /// Writes a packet whose times are in the units of `base`, and takes what it refers to.
  func write(
    _ packet: UnsafeMutablePointer<AVPacket>, _ stream: UnsafeMutablePointer<AVStream>, base: AVRational
  ) throws(FilmError) {
    av_packet_rescale_ts(packet, base, stream.pointee.time_base)
    packet.pointee.stream_index = stream.pointee.index
    packet.pointee.pos = -1
    try check(av_interleaved_write_frame(context, packet), "to write a packet")
  }

  /// Gives an encoder a frame, or nil for the end, and writes what comes out.
  ///
  /// - Parameters:
  ///   - later: is added to the packets' times, in the encoder's units.
  ///   - before: is told the time of each packet before it is written, in the same.
  func encode(
    _ frame: UnsafeMutablePointer<AVFrame>?, _ codec: UnsafeMutablePointer<AVCodecContext>,
    _ stream: UnsafeMutablePointer<AVStream>, later: Int64 = 0,
    before: (Int64) throws(FilmError) -> Void = { _ throws(FilmError) in }
  ) throws(FilmError) {
    try check(avcodec_send_frame(codec, frame), "to encode")
    while true {
      let error = avcodec_receive_packet(codec, packet)
      if error == fp_error_again() || error == fp_error_end() { return }
      try check(error, "to encode")
      // So that the last picture, too, is shown for a while.
      if packet.pointee.duration == 0 && codec.pointee.codec_type == AVMEDIA_TYPE_VIDEO {
        packet.pointee.duration = av_rescale_q(1, av_inv_q(codec.pointee.framerate), codec.pointee.time_base)
      }
      try before(packet.pointee.pts)
      packet.pointee.pts += later
      packet.pointee.dts += later
      try write(packet, stream, base: codec.pointee.time_base)
    }
  }

  /// Completes the file and puts it in its place.
  func finish() throws(FilmError) {
    guard isOpen else { return }
    isOpen = false
    let written = av_write_trailer(context)
    let closed = avio_closep(&context.pointee.pb)
    guard written >= 0 && closed >= 0 else {
      part.discard()
      throw FilmError(path: path, expected: "to complete the file", found: words(min(written, closed)))
    }
    do { try part.complete() } catch {
      throw FilmError(path: path, expected: "to put the file in its place", found: error.reason)
    }
  }

  private func check(_ error: Int32, _ expected: String) throws(FilmError) {
    guard error >= 0 else { throw FilmError(path: path, expected: expected, found: words(error)) }
  }
}

/// Opens an encoder that the caller has set up, and says which options it does not know.
func openEncoder(
  _ codec: UnsafeMutablePointer<AVCodecContext>, _ encoder: UnsafePointer<AVCodec>, options: [String: String],
  path: String
) throws(FilmError) {
  var dictionary: OpaquePointer?
  defer { av_dict_free(&dictionary) }
  for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
  let name = String(cString: encoder.pointee.name)
  let error = avcodec_open2(codec, encoder, &dictionary)
  guard error >= 0 else {
    throw FilmError(path: path, expected: "what the encoder \(name) can do", found: words(error))
  }
  if let unknown = av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX) {
    throw FilmError(
      path: path, expected: "options that the encoder \(name) has", found: String(cString: unknown.pointee.key))
  }
}
