// SoundFile: the samples of one piece on disk, read where they are wanted: raw 16-bit integers, little-endian, mono.
// Opened for every read, so that a set may have any number of pieces, and read, not mapped: a file that is cut short under
// a mapping ends the whole run with a signal, under a read it is an error that names the file.
import Glibc
import Tensors

/// A piece's sound.
public struct SoundFile: PieceSound {
  public let path: String
  /// As many as the manifest says.
  public let samples: Int

  /// - Throws: `DataError` when the file is not there or has another length.
  public init(_ path: String, samples: Int) throws {
    self.path = path
    self.samples = samples
    var status = stat()
    guard stat(path, &status) == 0 else { throw DataError("\(path): \(String(cString: strerror(errno)))") }
    guard Int(status.st_size) == 2 * samples else {
      throw DataError("\(path): expected \(samples) samples, found \(Int(status.st_size) / 2)")
    }
  }

  /// Samples `start ..< start + count` as floats in ±1; silence outside the file.
  ///
  /// - Throws: an error with the path when the file is gone, became shorter, or cannot be read.
  public func audio(from start: Int, count: Int) throws -> [Float] {
    let inside = max(0, start)..<max(0, start, min(samples, start + count))
    var raw = [Int16](repeating: 0, count: inside.count)
    try raw.withUnsafeMutableBytes { try OpenFile(path).read(at: 2 * inside.lowerBound, into: $0) }
    return [Float](unsafeUninitializedCapacity: count) { floats, used in
      floats.initialize(repeating: 0)
      used = count
      let begin = inside.lowerBound - start
      for index in raw.indices { floats[begin + index] = Float(Int16(littleEndian: raw[index])) / 32768 }
    }
  }
}
