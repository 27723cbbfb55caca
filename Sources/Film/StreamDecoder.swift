// StreamDecoder: one stream of a container, decoded: packets in, pictures or pieces of sound out, in the order of showing.
// What cannot be decoded is left out and counted; where the file ends before its time is said.
import CLibAV

/// A decoded picture or piece of sound, and the memory that it is in.
final class DecodedFrame {
  let frame: UnsafeMutablePointer<AVFrame>
  /// Seconds from the container's zero; nil where the film does not say.
  let stamp: Double?

  /// Takes what `other` refers to.
  init?(taking other: UnsafeMutablePointer<AVFrame>, stamp: Double?) {
    guard let frame = av_frame_alloc() else { return nil }
    av_frame_move_ref(frame, other)
    self.frame = frame
    self.stamp = stamp
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }
}

/// The decoder of one stream. Used by one thread at a time.
final class StreamDecoder {
  let container: Container
  let stream: UnsafeMutablePointer<AVStream>
  /// Packets that could not be decoded.
  private(set) var damaged = 0
  private let codec: UnsafeMutablePointer<AVCodecContext>
  private let packet: UnsafeMutablePointer<AVPacket>
  private let frame: UnsafeMutablePointer<AVFrame>
  private var isPending = false, isDraining = false, awaitsKey = false
  /// Why reading stopped, and the latest time that any stream's packets reached.
  private var ending: Int32?
  private var reached = -Double.infinity

  /// - Parameter expected: what was looked for, for the error's words.
  init(_ path: String, _ kind: AVMediaType, expected: String) throws(FilmError) {
    let container = try Container(path, expected: expected)
    guard let stream = container.best(kind) else {
      throw FilmError(path: path, expected: expected, found: container.contents)
    }
    let parameters = stream.pointee.codecpar.pointee
    let name = String(cString: avcodec_get_name(parameters.codec_id))
    guard Int(parameters.width) * Int(parameters.height) <= mostPoints else {
      throw FilmError(
        path: path, expected: "pictures of at most \(mostPoints) points",
        found: "\(parameters.width) × \(parameters.height)")
    }
    guard let decoder = avcodec_find_decoder(parameters.codec_id) else {
      throw FilmError(path: path, expected: "a codec that libavcodec decodes", found: name)
    }
    var context = avcodec_alloc_context3(decoder)
    guard let codec = context, avcodec_parameters_to_context(codec, stream.pointee.codecpar) >= 0 else {
      avcodec_free_context(&context)
      throw FilmError(path: path, expected: expected, found: "\(name) with parameters that cannot be")
    }
    codec.pointee.pkt_timebase = stream.pointee.time_base
    codec.pointee.max_pixels = Int64(mostPoints)
    // A thread more holds a picture more: few, and films are many.
    codec.pointee.thread_count = kind == AVMEDIA_TYPE_VIDEO ? min(4, av_cpu_count()) : 1
    let error = avcodec_open2(codec, decoder, nil)
    var (packet, frame) = (av_packet_alloc(), av_frame_alloc())
    guard error >= 0, let readyPacket = packet, let readyFrame = frame else {
      av_packet_free(&packet)
      av_frame_free(&frame)
      avcodec_free_context(&context)
      throw FilmError(path: path, expected: expected, found: "\(name) that cannot be decoded (\(words(error)))")
    }
    self.container = container
    self.stream = stream
    self.codec = codec
    self.packet = readyPacket
    self.frame = readyFrame
  }

  deinit {
    var (codec, packet, frame) = (Optional(codec), Optional(packet), Optional(frame))
    avcodec_free_context(&codec)
    av_packet_free(&packet)
    av_frame_free(&frame)
  }

  /// The next picture or piece of sound; nil at the end.
  func next() -> DecodedFrame? {
    var failures = 0
    while true {
      let received = avcodec_receive_frame(codec, frame)
      if received == 0 {
        return DecodedFrame(taking: frame, stamp: container.seconds(frame.pointee.best_effort_timestamp, of: stream))
      }
      if received == fp_error_end() { return nil }
      if received != fp_error_again() {
        damaged += 1
        failures += 1
      }
      if isDraining {
        // A decoder that neither gives nor ends.
        if received == fp_error_again() || failures > 1000 { return nil }
      } else {
        feed()
      }
    }
  }

  /// Gives the decoder its next packet, or the end.
  private func feed() {
    while !isPending {
      let error = container.read(packet)
      guard error >= 0 else {
        ending = error
        isDraining = true
        avcodec_send_packet(codec, nil)
        return
      }
      note(packet.pointee)
      let isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
      if packet.pointee.stream_index == stream.pointee.index && (isKey || !awaitsKey) {
        awaitsKey = false
        isPending = true
      } else {
        av_packet_unref(packet)
      }
    }
    let sent = avcodec_send_packet(codec, packet)
    if sent == fp_error_again() { return }
    if sent < 0 { damaged += 1 }
    av_packet_unref(packet)
    isPending = false
  }

  /// Goes to where decoding for `seconds` can begin, perhaps too late. False where the container cannot.
  func seek(to seconds: Double) -> Bool {
    guard container.seek(stream, to: seconds) else { return false }
    avcodec_flush_buffers(codec)
    av_packet_unref(packet)
    (isPending, isDraining, awaitsKey, ending, reached) = (false, false, true, nil, -.infinity)
    return true
  }

  private func note(_ packet: AVPacket) {
    let streams = container.streams
    guard Int(packet.stream_index) < streams.count else { return }
    let stream = streams[Int(packet.stream_index)]
    if packet.flags & AV_PKT_FLAG_CORRUPT != 0 && packet.size == 0 { ending = fp_error_invalid() }
    guard let time = container.seconds(packet.pts, of: stream) ?? container.seconds(packet.dts, of: stream) else {
      return
    }
    reached = max(reached, time + Double(max(0, packet.duration)) * stream.pointee.time_base.value)
  }

  /// After the end: that reading failed, where it did.
  var failure: FilmError? {
    guard let ending, ending != fp_error_end() else { return nil }
    return FilmError(
      path: container.path, expected: container.duration.map { "\(rounded($0)) s of film" } ?? "more of the film",
      found: "that it cannot be read further \(place) (\(words(ending)))")
  }

  /// After the end: what is missing, where reading failed or the file ends long before the time that it states.
  var shortfall: FilmError? {
    if let failure { return failure }
    guard ending != nil, let duration = container.duration, reached < duration - max(1, duration / 20) else {
      return nil
    }
    return FilmError(
      path: container.path, expected: "\(rounded(duration)) s of film", found: "that the file ends \(place)")
  }

  /// Where reading ended.
  private var place: String { reached.isFinite ? "at \(rounded(reached)) s" : "at once" }
  private func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
