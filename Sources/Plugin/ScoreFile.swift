// ScoreFile: a MIDI file on its way to the audio thread, or the plain words for why it cannot be performed.
// Read on the courier's thread; a path may name anything, or nothing.
import Glibc
import Score

/// Why a file cannot be performed.
struct ScoreError: Error, CustomStringConvertible {
  let description: String
}

enum ScoreFile {
  /// Bytes that a score may have: a million notes.
  static let limit = 8 << 20

  /// The file's notes and pedals, ready to be performed.
  ///
  /// - Parameter rate: samples a second.
  static func open(_ path: String, rate: Int) throws(ScoreError) -> (table: Lectern.Table, notes: Int) {
    let bytes = try read(path)
    do {
      let (score, clock) = try Score.read(midi: bytes)
      // A hundred days of samples are exact numbers, and no piece lasts that long.
      guard score.duration < 8_640_000 else { throw ScoreError(description: "it lasts \(score.duration) seconds") }
      let table = ScoreTable.make(score.events(sampleRate: rate), rate: rate) { clock.quarters(at: $0) }
      return (table, score.notes.count)
    } catch {
      throw ScoreError(description: "\(error)")
    }
  }

  private static func read(_ path: String) throws(ScoreError) -> [UInt8] {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
    let file = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw ScoreError(description: String(cString: strerror(errno))) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ScoreError(description: "expected a MIDI file, found something that is no file")
    }
    guard status.st_size <= limit else {
      throw ScoreError(description: "expected at most \(limit >> 20) MB, found \(status.st_size >> 20)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ScoreError(description: String(cString: strerror(errno))) }
      guard count > 0 else { break }
      done += count
    }
    return Array(bytes[..<done])
  }
}
