// SoundFile: the samples of one piece on disk, read where they are wanted: raw 16-bit integers, little-endian, mono.
// Opened for every read, so that a set may have any number of pieces, and read, not mapped: a file that is cut short under
// a mapping ends the whole run with a signal, under a read it is an error that names the file.
import Glibc

/// A piece's sound.
public struct SoundFile: Sendable, Equatable {
  public let path: String
  /// As many as the manifest says.
  public let samples: Int

  /// - Throws: `DataError` when the file is not there or has another length.
  public init(_ path: String, samples: Int) throws {
    self.path = path
    self.samples = samples
    var status = stat()
    guard stat(path, &status) == 0 else { throw DataError("\(path): \(systemReason())") }
    guard Int(status.st_size) == 2 * samples else {
      throw DataError("\(path): expected \(samples) samples, found \(Int(status.st_size) / 2)")
    }
  }

  /// Samples `start ..< start + count` as floats in ±1; silence outside the file.
  ///
  /// - Throws: `DataError` when the file is gone, became shorter, or cannot be read.
  public func audio(from start: Int, count: Int) throws -> [Float] {
    let inside = max(0, start)..<max(0, start, min(samples, start + count))
    var raw = [Int16](repeating: 0, count: inside.count)
    try raw.withUnsafeMutableBytes { try read(at: 2 * inside.lowerBound, into: $0) }
    return [Float](unsafeUninitializedCapacity: count) { floats, used in
      floats.initialize(repeating: 0)
      used = count
      let begin = inside.lowerBound - start
      for index in raw.indices { floats[begin + index] = Float(Int16(littleEndian: raw[index])) / 32768 }
    }
  }

  private func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    if target.isEmpty { return }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw DataError("\(path): cannot open: \(systemReason())") }
    defer { close(descriptor) }
    var done = 0
    while done < target.count {
      let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      if got < 0 { throw DataError("\(path): cannot read: \(systemReason())") }
      if got == 0 { throw DataError("\(path): expected \(samples) samples, but the file has become shorter") }
      done += got
    }
  }
}

/// The text of `errno`.
func systemReason() -> String { String(cString: strerror(errno)) }
