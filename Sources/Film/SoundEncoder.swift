// SoundEncoder: samples become packets of the codec that a container takes for sound.
import CLibAV

/// An encoder that writes into an `Output`. Used by one thread at a time.
final class SoundEncoder {
  let stream: UnsafeMutablePointer<AVStream>
  /// The encoder that was found: `aac`.
  let name: String
  private let output: Output
  private let codec: UnsafeMutablePointer<AVCodecContext>
  private let resampler: UnsafeMutableRawPointer
  private let queue: OpaquePointer
  private let channels: Int
  /// Matroska counts the times of Opus from the beginning of its delay. libavformat did not before its version 60.
  private var delay: Int64 {
    let counts = codec.pointee.codec_id == AV_CODEC_ID_OPUS && ["matroska", "webm"].contains(output.formatName)
    return counts && avformat_version() >> 16 < 60 ? Int64(codec.pointee.initial_padding) : 0
  }
  /// The time of the next sample to be encoded, in samples of the encoder.
  private var next: Int64

  /// - Parameters:
  ///   - start: when the first sample is heard, in seconds.
  ///   - bitRate: bits a second; nil: what is good for so many channels.
  init(_ output: Output, sampleRate: Int, channels: Int, start: Double, bitRate: Int?) throws(FilmError) {
    guard (1...768_000).contains(sampleRate), (1...8).contains(channels), start >= 0, start < 1e6 else {
      throw FilmError(
        path: output.path, expected: "1…8 channels and 1…768000 Hz, from a time in the film on",
        found: "\(channels) channels and \(sampleRate) Hz from \(start) s on")
    }
    guard let encoder = Self.encoder(for: output), let codec = avcodec_alloc_context3(encoder) else {
      throw FilmError(
        path: output.path, expected: "an encoder for the sound of such films", found: "none in this libavcodec")
    }
    var owned: UnsafeMutablePointer<AVCodecContext>? = codec
    defer { avcodec_free_context(&owned) }
    // Opus is 48 kHz inside, and states its delay so.
    let rate = encoder.pointee.id == AV_CODEC_ID_OPUS ? 48_000 : fp_encoder_rate(encoder, Int32(sampleRate))
    codec.pointee.sample_rate = rate
    codec.pointee.sample_fmt = fp_encoder_samples(encoder)
    codec.pointee.time_base = AVRational(num: 1, den: rate)
    codec.pointee.bit_rate = Int64(bitRate ?? 96_000 * max(1, channels))
    codec.pointee.thread_count = 1
    codec.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    av_channel_layout_default(&codec.pointee.ch_layout, Int32(channels))
    if output.format.pointee.flags & AVFMT_GLOBALHEADER != 0 { codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    try openEncoder(codec, encoder, options: [:], path: output.path)
    stream = try output.addStream(codec)
    stream.pointee.disposition = AV_DISPOSITION_DEFAULT
    var layout = AVChannelLayout()
    av_channel_layout_default(&layout, Int32(channels))
    let resampler = fp_resampler(
      &layout, AV_SAMPLE_FMT_FLT.rawValue, Int32(sampleRate), &codec.pointee.ch_layout,
      codec.pointee.sample_fmt.rawValue,
      rate)
    guard let resampler, let queue = av_audio_fifo_alloc(codec.pointee.sample_fmt, Int32(channels), 8192) else {
      fp_free_resampler(resampler)
      throw FilmError(path: output.path, expected: "to bring \(sampleRate) Hz to \(rate) Hz", found: "no way to")
    }
    self.resampler = resampler
    self.queue = queue
    self.output = output
    self.codec = codec
    self.channels = channels
    name = String(cString: encoder.pointee.name)
    next = Int64((start * Double(rate)).rounded())
    owned = nil
  }

  deinit {
    av_audio_fifo_free(queue)
    fp_free_resampler(resampler)
    var codec: UnsafeMutablePointer<AVCodecContext>? = codec
    avcodec_free_context(&codec)
  }

  /// The encoders that containers' players understand, the best first; what the container itself prefers last.
  private static func encoder(for output: Output) -> UnsafePointer<AVCodec>? {
    let names =
      switch output.formatName {
      case "webm", "ogg", "ogv": ["libopus", "libvorbis"]
      // What is encoded comes later than it should, and AVI cannot say so.
      case "avi": ["pcm_s16le"]
      default: ["aac"]
      }
    let format = output.format
    for name in names {
      guard let encoder = avcodec_find_encoder_by_name(name) else { continue }
      if avformat_query_codec(format, encoder.pointee.id, FF_COMPLIANCE_NORMAL) == 1 || output.formatName == "mpegts" {
        return encoder
      }
    }
    return avcodec_find_encoder(format.pointee.audio_codec)
  }

  /// Takes interleaved samples, encodes those that make whole frames, and writes them.
  ///
  /// - Parameter before: is told each packet's time in seconds before it is written.
  func write(_ samples: UnsafeBufferPointer<Float>, before: (Double) throws(FilmError) -> Void) throws(FilmError) {
    var from = UnsafeRawPointer(samples.baseAddress).map { $0.assumingMemoryBound(to: UInt8.self) }
    try queueResampled(&from, samples.count / channels)
    try encode(whole: true, before)
  }

  /// Encodes what is left and what the encoder still holds.
  func finish(before: (Double) throws(FilmError) -> Void) throws(FilmError) {
    try queueResampled(nil, 0)
    try encode(whole: false, before)
    try send(nil, before)
  }

  private func queueResampled(_ from: UnsafePointer<UnsafePointer<UInt8>?>?, _ count: Int) throws(FilmError) {
    let room = Int32(clamping: fp_resampled_at_most(resampler, Int32(clamping: count)))
    guard room > 0, let piece = soundFrame(room) else { return }
    defer { free(piece) }
    let made = fp_resample(resampler, piece.pointee.extended_data, room, from, Int32(clamping: count))
    guard made >= 0, append(piece, made) else {
      throw FilmError(path: output.path, expected: "memory for samples", found: "none")
    }
  }

  private func encode(whole: Bool, _ before: (Double) throws(FilmError) -> Void) throws(FilmError) {
    let size = codec.pointee.frame_size > 0 ? codec.pointee.frame_size : 1024
    while av_audio_fifo_size(queue) >= (whole ? size : 1) {
      let count = min(size, av_audio_fifo_size(queue))
      guard let piece = soundFrame(count), take(piece, count) else {
        throw FilmError(path: output.path, expected: "memory for samples", found: "none")
      }
      defer { free(piece) }
      piece.pointee.pts = next
      next += Int64(count)
      try send(piece, before)
    }
  }

  private func send(
    _ frame: UnsafeMutablePointer<AVFrame>?, _ before: (Double) throws(FilmError) -> Void
  ) throws(FilmError) {
    let unit = codec.pointee.time_base.value
    try output.encode(frame, codec, stream, later: delay) { time throws(FilmError) in try before(Double(time) * unit) }
  }

  private func soundFrame(_ count: Int32) -> UnsafeMutablePointer<AVFrame>? {
    guard let frame = av_frame_alloc() else { return nil }
    frame.pointee.nb_samples = count
    frame.pointee.format = codec.pointee.sample_fmt.rawValue
    frame.pointee.sample_rate = codec.pointee.sample_rate
    guard av_channel_layout_copy(&frame.pointee.ch_layout, &codec.pointee.ch_layout) >= 0,
      av_frame_get_buffer(frame, 0) >= 0
    else {
      free(frame)
      return nil
    }
    return frame
  }

  private func free(_ frame: UnsafeMutablePointer<AVFrame>) {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }

  private func append(_ piece: UnsafeMutablePointer<AVFrame>, _ count: Int32) -> Bool {
    fp_queue_write(queue, piece, count) == count
  }
  private func take(_ piece: UnsafeMutablePointer<AVFrame>, _ count: Int32) -> Bool {
    fp_queue_read(queue, piece, count) == count
  }
}
