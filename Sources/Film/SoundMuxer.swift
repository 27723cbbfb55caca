// SoundMuxer: a copy of a film with rendered sound in place of its own, or beside it. Of the pictures no byte and no time changes.
import CLibAV

/// A copy of a film being written. Until `close` what was at its path before stays, even where that is the film itself, and
/// nothing is left of it without. Used by one thread at a time.
///
///     let copy = try SoundMuxer(film: "clip.mp4", output: "clip-with-sound.mp4", sampleRate: 48_000, channels: 2)
///     while let block = performance.next() { try copy.write(block) }
///     try copy.close()
///
/// The sound is AAC in `.mp4`, `.mov` and `.mkv`, Opus (else Vorbis) in `.webm`.
public final class SoundMuxer {
  /// Where the sound goes.
  public enum Place: String, Sendable, CaseIterable {
    /// The film's own sound is left out.
    case instead
    /// The film's own sound stays, as a track that players do not choose by themselves.
    case beside
  }

  public let path: String
  /// The encoder of the sound that was found: `aac`.
  public var encoder: String { sound.name }
  /// What of the film the copy cannot hold, in words.
  public let leftOut: [String]
  private let film: Container
  private let output: Output
  private let sound: SoundEncoder
  private let packet: UnsafeMutablePointer<AVPacket>
  /// By the film's streams: where their packets go.
  private let targets: [UnsafeMutablePointer<AVStream>?]
  private let channels: Int
  /// Whether `packet` waits to be written, and whether the film has come to its end.
  private var isPending = false, isCopied = false

  /// Begins a copy. The ending of `output` names its container.
  ///
  /// - Parameters:
  ///   - start: when the first sample is heard, in seconds from the film's zero, as `FilmReader` counts.
  ///   - bitRate: of the sound, bits a second; nil: 96,000 a channel.
  /// - Throws: where there is no film, or its pictures' codec has no place in such a container.
  public init(
    film source: String, output path: String, sampleRate: Int, channels: Int, start: Double = 0,
    place: Place = .instead,
    bitRate: Int? = nil
  ) throws(FilmError) {
    film = try Container(source, expected: "a film")
    guard let pictures = film.best(AVMEDIA_TYPE_VIDEO) else {
      throw FilmError(path: source, expected: "a film", found: film.contents)
    }
    guard let packet = av_packet_alloc() else {
      throw FilmError(path: path, expected: "memory for a packet", found: "none")
    }
    var owned: UnsafeMutablePointer<AVPacket>? = packet
    defer { av_packet_free(&owned) }
    let output = try Output(path)
    var targets: [UnsafeMutablePointer<AVStream>?] = []
    var leftOut: [String] = []
    for stream in film.streams {
      let kind = stream.pointee.codecpar.pointee.codec_type
      let isOwn = kind == AVMEDIA_TYPE_AUDIO && place == .instead
      let fits = Self.fits(stream, output)
      guard fits || stream != pictures else {
        throw FilmError(
          path: path, expected: "a container that takes \(FilmStream(stream, of: film).codec)", found: output.formatName
        )
      }
      if isOwn || !fits {
        if !isOwn { leftOut.append(Self.describe(stream, film)) }
        targets.append(nil)
        continue
      }
      let target = try output.addStream()
      guard fp_copy_stream(target, stream) >= 0 else {
        throw FilmError(path: path, expected: "to copy a stream", found: Self.describe(stream, film))
      }
      if kind == AVMEDIA_TYPE_AUDIO { target.pointee.disposition &= ~AV_DISPOSITION_DEFAULT }
      // The four letters that name the codec stay where the new container has the same.
      let tag = stream.pointee.codecpar.pointee.codec_tag
      if av_codec_get_id(output.format.pointee.codec_tag, tag) != stream.pointee.codecpar.pointee.codec_id {
        target.pointee.codecpar.pointee.codec_tag = 0
      }
      targets.append(target)
    }
    sound = try SoundEncoder(output, sampleRate: sampleRate, channels: channels, start: start, bitRate: bitRate)
    av_dict_copy(&output.context.pointee.metadata, film.context.pointee.metadata, 0)
    try output.begin()
    self.path = path
    self.output = output
    self.targets = targets
    self.leftOut = leftOut
    self.channels = channels
    self.packet = packet
    owned = nil
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
  }

  /// Appends interleaved samples; 1 is full scale. As much of the film is copied as is shown until then.
  public func write(_ samples: UnsafeBufferPointer<Float>) throws(FilmError) {
    precondition(samples.count % channels == 0, "\(samples.count) samples for \(channels) channels")
    guard !samples.isEmpty else { return }
    try sound.write(samples) { time throws(FilmError) in try copy(until: time) }
  }

  /// Appends interleaved samples.
  public func write(_ samples: [Float]) throws(FilmError) {
    let result = samples.withUnsafeBufferPointer { samples in
      Result { () throws(FilmError) in try write(samples) }
    }
    try result.get()
  }

  /// Copies the rest of the film, completes the copy and puts it in its place.
  public func close() throws(FilmError) {
    guard output.isOpen else { return }
    try sound.finish { time throws(FilmError) in try copy(until: time) }
    try copy(until: .infinity)
    try output.finish()
  }

  /// Copies the film's packets that are decoded no later than `time`.
  private func copy(until time: Double) throws(FilmError) {
    while !isCopied {
      if !isPending {
        let error = film.read(packet)
        if error == fp_error_end() { isCopied = true }
        guard error >= 0 else {
          if isCopied { return }
          throw FilmError(path: film.path, expected: "more of the film", found: words(error))
        }
      }
      isPending = true
      let index = Int(packet.pointee.stream_index)
      guard index < targets.count, let target = targets[index] else {
        av_packet_unref(packet)
        isPending = false
        continue
      }
      let stream = film.streams[index]
      let stamp = packet.pointee.dts != fp_no_time() ? packet.pointee.dts : packet.pointee.pts
      if let decoded = film.seconds(stamp, of: stream), decoded > time { return }
      shift(stream)
      isPending = false
      try output.write(packet, target, base: stream.pointee.time_base)
    }
  }

  /// Counts the packet's times from our zero.
  private func shift(_ stream: UnsafeMutablePointer<AVStream>) {
    guard film.zero != 0 else { return }
    let ticks = Int64((film.zero / stream.pointee.time_base.value).rounded())
    if packet.pointee.pts != fp_no_time() { packet.pointee.pts -= ticks }
    if packet.pointee.dts != fp_no_time() { packet.pointee.dts -= ticks }
  }

  /// Whether the copy's container takes a stream's codec. MPEG's own containers do not say; their head is refused, or not.
  private static func fits(_ stream: UnsafeMutablePointer<AVStream>, _ output: Output) -> Bool {
    let (codec, kind) = (stream.pointee.codecpar.pointee.codec_id, stream.pointee.codecpar.pointee.codec_type)
    let answer = avformat_query_codec(output.format, codec, FF_COMPLIANCE_NORMAL)
    return codec != AV_CODEC_ID_NONE && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
      && (answer == 1 || answer < 0 && [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO].contains(kind))
  }

  private static func describe(_ stream: UnsafeMutablePointer<AVStream>, _ film: Container) -> String {
    let described = FilmStream(stream, of: film)
    return "\(described.kind.rawValue) (\(described.codec))"
  }
}
