// AudioFileReader: sound files of every kind that libsndfile knows, as interleaved floats, a piece at a time.
import CSndFile

/// An open sound file. Used by one thread at a time.
public final class AudioFileReader {
  public let path: String
  /// Samples a second, channels, and samples a channel as the file states them.
  public let sampleRate: Int, channels: Int, frames: Int
  /// Whether the samples were compressed so that some of the sound is lost (MP3, Vorbis, Opus, telephone codes).
  public let isLossy: Bool
  private let file: OpaquePointer

  /// Throws where there is no file, or none with sound in it.
  public init(_ path: String) throws(AudioFileError) {
    var information = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &information) else {
      throw AudioFileError(path: path, expected: "a readable sound file", found: String(cString: sf_strerror(nil)))
    }
    self.path = path
    self.file = file
    sampleRate = Int(information.samplerate)
    channels = Int(information.channels)
    frames = Int(information.frames)
    let exact = [
      SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_32, SF_FORMAT_FLOAT,
      SF_FORMAT_DOUBLE, SF_FORMAT_ALAC_16, SF_FORMAT_ALAC_20, SF_FORMAT_ALAC_24, SF_FORMAT_ALAC_32,
    ]
    isLossy = !exact.contains(Int(information.format) & SF_FORMAT_SUBMASK)
  }

  deinit { sf_close(file) }

  /// Reads the next samples into `buffer`: interleaved, 1 is full scale.
  ///
  /// - Returns: how many samples a channel were read: fewer than there is room for at the end only, then zero.
  public func read(into buffer: UnsafeMutableBufferPointer<Float>) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    return max(0, Int(sf_readf_float(file, base, sf_count_t(buffer.count / channels))))
  }

  /// Goes on reading at sample `frame` of the channels.
  public func seek(to frame: Int) throws(AudioFileError) {
    guard sf_seek(file, sf_count_t(frame), SEEK_SET) == sf_count_t(frame) else {
      throw AudioFileError(path: path, expected: "to go to sample \(frame)", found: "\(frames) samples")
    }
  }

  /// All that is left, interleaved. Files that state more than they hold give what they hold.
  public func readAll() -> [Float] {
    var samples: [Float] = []
    let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: 16_384 * channels)
    defer { piece.deallocate() }
    while true {
      let count = read(into: piece)
      if count == 0 { return samples }
      samples.append(contentsOf: piece[..<(count * channels)])
    }
  }
}
