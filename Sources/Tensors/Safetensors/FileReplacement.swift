// FileReplacement: a file that appears whole or not at all.
// Written beside its place, synced, renamed over it, the folder synced: after a crash the old file or the new is there.
import Glibc

/// A file being written. Unless `commit` succeeds, nothing of it is left and what was there before stays.
public struct FileReplacement: ~Copyable {
  public let path: String
  private let temporary: String
  private var descriptor: Int32
  private var isDone = false

  /// Begins to write the file at `path`.
  public init(path: String) throws(WeightsError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw WeightsError("\(path): cannot write: \(systemError())") }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  /// Appends bytes.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(WeightsError) {
    var done = 0
    while done < bytes.count {
      let written = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { throw WeightsError("\(path): cannot write: \(systemError())") }
      done += written
    }
  }

  /// Appends bytes.
  public mutating func write(_ bytes: [UInt8]) throws(WeightsError) {
    var fault: WeightsError?
    bytes.withUnsafeBytes { bytes in
      do throws(WeightsError) { try write(bytes) } catch { fault = error }
    }
    if let fault { throw fault }
  }

  /// Puts the file in its place.
  public mutating func commit() throws(WeightsError) {
    if fsync(descriptor) != 0 { throw WeightsError("\(path): cannot sync: \(systemError())") }
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0 { throw WeightsError("\(path): cannot close: \(systemError())") }
    if rename(temporary, path) != 0 { throw WeightsError("\(path): cannot rename: \(systemError())") }
    isDone = true
    let folder = open(path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) + "/" : ".", O_RDONLY | O_CLOEXEC)
    if folder < 0 { throw WeightsError("\(path): cannot open the folder: \(systemError())") }
    defer { close(folder) }
    if fsync(folder) != 0 { throw WeightsError("\(path): cannot sync the folder: \(systemError())") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isDone { unlink(temporary) }
  }
}
