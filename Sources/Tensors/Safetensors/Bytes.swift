// Bytes: where a file's contents come from, read a piece at a time into memory of the reader's choice.
// Files are read, not mapped: a file cut short under a mapping is a fatal signal to the host, under a read an error.
import Glibc

/// The bytes of a file, or of an array.
enum Bytes: Sendable {
  case array([UInt8])
  case file(OpenFile)

  var count: Int {
    switch self {
    case .array(let bytes): bytes.count
    case .file(let file): file.count
    }
  }

  /// Fills `target` from `offset` on. The range must lie within `count`.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WeightsError) {
    precondition(offset >= 0 && target.count <= count - offset, "\(offset)+\(target.count) of \(count) bytes")
    switch self {
    case .array(let bytes):
      bytes.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[offset...].prefix(target.count))) }
    case .file(let file): try file.read(at: offset, into: target)
    }
  }
}

/// A file open for reading, closed when the last reader goes.
package final class OpenFile: Sendable {
  package let path: String
  package let count: Int
  private let descriptor: Int32

  package init(_ path: String) throws(WeightsError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw WeightsError("\(path): cannot open: \(systemError())") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw WeightsError("\(path): not a regular file")
    }
    self.path = path
    count = Int(status.st_size)
  }

  /// Fills `target` from `offset` on; an error where the file ends before.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WeightsError) {
    var done = 0
    while done < target.count {
      let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      if got < 0 { throw WeightsError("\(path): cannot read: \(systemError())") }
      if got == 0 { throw WeightsError("\(path): became shorter while it was read") }
      done += got
    }
  }

  deinit { close(descriptor) }
}

/// The text of `errno`.
func systemError(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
