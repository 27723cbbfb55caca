// FilmSound: the sound of a film, or of any file that libav decodes, as interleaved floats on the film's own time.
import CLibAV

/// An open film, for its sound. Used by one thread at a time.
///
/// Sample `n` is heard at `start + n / sampleRate` seconds from the same zero as `FilmReader`'s times. Where the file leaves a
/// gap in its sound there is silence, and what would overlap is left out, so that this holds to the end.
public final class FilmSound {
  public let path: String
  /// Samples a second and channels, as the film begins; where they change later, the rest is made like its beginning.
  public let sampleRate: Int, channels: Int
  /// When the first sample is heard.
  public let start: Double
  /// Seconds from zero, as the container states it.
  public let duration: Double?
  /// When the next sample to be read is heard.
  public var position: Double { begin + Double(given) / Double(sampleRate) }

  private var decoder: StreamDecoder
  private var layout: AVChannelLayout
  private var resampler: UnsafeMutableRawPointer?
  private var source: (format: Int32, rate: Int32, channels: Int32)?
  /// Samples a channel of silence to be given before what is ready.
  private var silence = 0
  /// Decoded and not yet given, from `used` on.
  private var ready: [Float] = []
  private var used = 0
  /// Where reading began, and how many samples a channel were given, and made, since.
  private var begin: Double
  private var given = 0, made = 0

  private static let expected = "a film or file with sound"

  /// Opens a film and decodes the beginning of its sound.
  public init(_ path: String) throws(FilmError) {
    decoder = try StreamDecoder(path, AVMEDIA_TYPE_AUDIO, expected: Self.expected)
    guard let first = decoder.next() else {
      throw FilmError(
        path: path, expected: Self.expected,
        found: decoder.damaged > 0 ? "sound that cannot be decoded" : "no sample of sound")
    }
    let frame = first.frame.pointee
    guard (1...64).contains(frame.ch_layout.nb_channels), (1...768_000).contains(frame.sample_rate) else {
      throw FilmError(
        path: path, expected: "1…64 channels and 1…768000 Hz",
        found: "\(frame.ch_layout.nb_channels) channels, \(frame.sample_rate) Hz")
    }
    self.path = path
    sampleRate = Int(frame.sample_rate)
    channels = Int(frame.ch_layout.nb_channels)
    duration = decoder.container.duration
    start = first.stamp ?? 0
    begin = start
    layout = AVChannelLayout()
    av_channel_layout_copy(&layout, &first.frame.pointee.ch_layout)
    take(first)
  }

  deinit {
    fp_free_resampler(resampler)
    av_channel_layout_uninit(&layout)
  }

  /// Reads the next samples into `buffer`: interleaved, 1 is full scale.
  ///
  /// - Returns: how many samples a channel were read: fewer than there is room for at the end only, then zero.
  /// - Throws: after all that could be decoded, where the file cannot be read further.
  public func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(FilmError) -> Int {
    let room = buffer.count / channels
    var count = 0
    while count < room {
      if silence > 0 {
        let part = min(room - count, silence)
        for index in 0..<(part * channels) { buffer[count * channels + index] = 0 }
        silence -= part
        count += part
      } else if used == ready.count {
        guard try refill() else { break }
      } else {
        let part = min(room - count, (ready.count - used) / channels)
        for index in 0..<(part * channels) { buffer[count * channels + index] = ready[used + index] }
        used += part * channels
        count += part
      }
    }
    given += count
    return count
  }

  /// All that is left, interleaved.
  public func readAll() throws(FilmError) -> [Float] {
    var samples: [Float] = []
    repeat {
      samples.append(contentsOf: repeatElement(0, count: silence * channels))
      samples.append(contentsOf: ready[used...])
      given += silence + (ready.count - used) / channels
      (silence, used) = (0, ready.count)
    } while try refill()
    return samples
  }

  /// Goes on with the sample that is heard at `time`, or the first where it lies before that.
  public func seek(to time: Double) throws(FilmError) {
    guard time.isFinite else { throw FilmError(path: path, expected: "a time to go to", found: "\(time) s") }
    let wanted = max(time, start)
    // Codecs need what was before to sound as they do: a fifth of a second is more than any of them looks back.
    for back in [0.2, 2, 16] where decoder.seek(to: wanted - back) {
      if try advance(to: wanted, atMost: wanted) { return }
    }
    decoder = try StreamDecoder(path, AVMEDIA_TYPE_AUDIO, expected: Self.expected)
    _ = try advance(to: wanted, atMost: .infinity)
  }

  /// Decodes from where the container led to and drops what lies before `time`. False where that was behind `latest`.
  private func advance(to time: Double, atMost latest: Double) throws(FilmError) -> Bool {
    fp_free_resampler(resampler)
    (resampler, source, silence, ready, used, given, made) = (nil, nil, 0, [], 0, 0, 0)
    guard let first = decoder.next() else {
      // Behind the end.
      begin = time
      return latest == .infinity
    }
    begin = first.stamp ?? start
    guard begin <= latest else { return false }
    take(first)
    var dropped = max(0, Int(((time - begin) * Double(sampleRate)).rounded()))
    given = dropped
    while dropped > 0 {
      let quiet = min(dropped, silence)
      silence -= quiet
      dropped -= quiet
      let part = min(dropped, (ready.count - used) / channels)
      used += part * channels
      dropped -= part
      if dropped > 0, try !refill() { break }
    }
    return true
  }

  /// Decodes more; false at the end.
  private func refill() throws(FilmError) -> Bool {
    (ready, used) = ([], 0)
    while ready.isEmpty {
      guard let next = decoder.next() else {
        if let shortfall = decoder.failure { throw shortfall }
        return false
      }
      take(next)
    }
    return true
  }

  /// Appends a piece of sound to what is ready, after silence or without its beginning where its time asks for that.
  private func take(_ piece: DecodedFrame) {
    let frame = piece.frame
    let now = (frame.pointee.format, frame.pointee.sample_rate, frame.pointee.ch_layout.nb_channels)
    guard now.1 > 0, now.2 > 0, frame.pointee.nb_samples > 0 else { return }
    if source.map({ $0 != now }) ?? true {
      fp_free_resampler(resampler)
      resampler = fp_resampler(
        &frame.pointee.ch_layout, now.0, now.1, &layout, AV_SAMPLE_FMT_FLT.rawValue, Int32(sampleRate))
      source = now
    }
    guard let resampler else { return }
    let room = Int(fp_resampled_at_most(resampler, frame.pointee.nb_samples))
    guard room > 0, room < 1 << 24 else { return }
    var samples = [Float](repeating: 0, count: room * channels)
    let count = samples.withUnsafeMutableBytes { bytes -> Int in
      var to: UnsafeMutablePointer<UInt8>? = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      return Int(
        fp_resample(
          resampler, &to, Int32(room),
          UnsafeRawPointer(frame.pointee.extended_data!).assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
          frame.pointee.nb_samples))
    }
    guard count > 0 else { return }
    // Containers round their times: what differs by less than a twentieth of a second follows without a seam.
    let late = piece.stamp.map { ($0 - begin) * Double(sampleRate) - Double(made) } ?? 0
    var skipped = 0
    if late > Double(sampleRate) / 20, isWithinFilm(piece.stamp ?? 0) {
      silence = Int(late.rounded())
      made += silence
    } else if late < -Double(sampleRate) / 20 {
      skipped = min(count, Int(min(-late, Double(count)).rounded()))
    }
    ready.append(contentsOf: samples[(skipped * channels)..<(count * channels)])
    made += count - skipped
  }

  /// Whether there can be sound at `time`: gaps to beyond the film's end, or longer than an hour, are damage, and no silence.
  private func isWithinFilm(_ time: Double) -> Bool {
    time < (duration ?? .infinity) + 1 + start && time - begin - Double(made) / Double(sampleRate) < 3600
  }
}
