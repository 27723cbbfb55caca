// AudioFileWriter: WAV with floats, or FLAC with 24 bits, written a piece at a time and put in its place when it is whole.
// The same samples make the same bytes: no dates, no program's name.
import CSndFile
import Glibc

/// A sound file being written. Until `close` what was at its path before stays, and nothing is left of it without.
/// Used by one thread at a time.
public final class AudioFileWriter {
  public let path: String
  public let sampleRate: Int, channels: Int
  /// Samples a channel written so far.
  public private(set) var frames = 0
  private var file: OpaquePointer?
  private let part: PartFile

  /// Begins to write the file. The path's ending names its kind: `.wav` or `.flac`.
  ///
  /// - Parameters:
  ///   - sampleRate: 1…655,350 for FLAC.
  ///   - channels: 1…8 for FLAC.
  public init(_ path: String, sampleRate: Int, channels: Int) throws(AudioFileError) {
    let format: Int
    switch path.lastIndex(of: ".").map({ path[$0...].lowercased() }) {
    // Files beyond 4 GB need RF64; all others become plain WAV when they are closed.
    case ".wav": format = SF_FORMAT_RF64 | SF_FORMAT_FLOAT
    case ".flac": format = SF_FORMAT_FLAC | SF_FORMAT_PCM_24
    default: throw AudioFileError(path: path, expected: "a name that ends in .wav or .flac", found: "another")
    }
    var information = SF_INFO()
    information.samplerate = Int32(clamping: sampleRate)
    information.channels = Int32(clamping: channels)
    information.format = Int32(format)
    guard sf_format_check(&information) != 0 else {
      throw AudioFileError(
        path: path, expected: "a rate and channels that such files have",
        found: "\(sampleRate) Hz, \(channels) channels")
    }
    do { part = try PartFile(path) } catch { throw Self.unwritable(path, error) }
    guard let file = sf_open(part.writing, Int32(SFM_WRITE), &information) else {
      throw AudioFileError(path: path, expected: "to write there", found: String(cString: sf_strerror(nil)))
    }
    self.path = path
    self.sampleRate = sampleRate
    self.channels = channels
    self.file = file
    sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    sf_command(file, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, Int32(SF_TRUE))
  }

  deinit {
    guard let file else { return }
    sf_close(file)
    part.discard()
  }

  private static func unwritable(_ path: String, _ refusal: PartFile.Refusal) -> AudioFileError {
    AudioFileError(path: path, expected: "to write there", found: refusal.reason)
  }

  /// Writes a whole file of interleaved samples; what was there before stays if it cannot be written.
  public static func write(
    _ samples: [Float], to path: String, sampleRate: Int, channels: Int = 1
  ) throws(AudioFileError) {
    let file = try AudioFileWriter(path, sampleRate: sampleRate, channels: channels)
    try file.write(samples)
    try file.close()
  }

  /// Appends interleaved samples; 1 is full scale.
  public func write(_ samples: UnsafeBufferPointer<Float>) throws(AudioFileError) {
    precondition(samples.count % channels == 0, "\(samples.count) samples for \(channels) channels")
    guard let file, let base = samples.baseAddress else { return }
    let count = samples.count / channels
    let written = Int(sf_writef_float(file, base, sf_count_t(count)))
    frames += max(0, written)
    guard written == count else {
      throw AudioFileError(
        path: path, expected: "to write \(count) samples",
        found: "room for \(written) (\(String(cString: sf_strerror(file))))")
    }
  }

  /// Appends interleaved samples.
  public func write(_ samples: [Float]) throws(AudioFileError) {
    let result = samples.withUnsafeBufferPointer { samples in
      Result { () throws(AudioFileError) in try write(samples) }
    }
    try result.get()
  }

  /// Completes the file and puts it in its place.
  public func close() throws(AudioFileError) {
    guard let file else { return }
    self.file = nil
    let error = sf_close(file)
    guard error == 0 else {
      part.discard()
      throw AudioFileError(path: path, expected: "to complete the file", found: String(cString: sf_error_number(error)))
    }
    do { try part.complete() } catch { throw Self.unwritable(path, error) }
  }
}
