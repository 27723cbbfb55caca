// PartFile: a file is written beside its place and put there when it is whole, so that nobody meets half a file.
import Glibc

/// Where a file is to be, and where it is written until it is whole: beside that, unless it is a device or a pipe.
package struct PartFile: Sendable {
  /// Why nothing can be written there.
  package struct Refusal: Error {
    package let reason: String
    fileprivate init(_ error: Int32) { reason = String(cString: strerror(error)) }
  }

  /// Where the bytes are to be written.
  package let writing: String
  private let place: String

  /// Links stay, and the file that they lead to is replaced.
  package init(_ path: String) throws(Refusal) {
    place = Self.resolved(path)
    var status = stat()
    let isThere = stat(place, &status) == 0
    let kind = status.st_mode & S_IFMT
    guard !isThere || kind != S_IFDIR else { throw Refusal(EISDIR) }
    guard !isThere || access(place, W_OK) == 0 else { throw Refusal(errno) }
    writing = isThere && kind != S_IFREG ? place : "\(place).\(getpid()).part"
  }

  /// Removes what was written; what was there before stays.
  package func discard() { if writing != place { unlink(writing) } }

  /// Puts what was written in its place.
  package func complete() throws(Refusal) {
    guard writing != place, rename(writing, place) != 0 else { return }
    let refusal = Refusal(errno)
    discard()
    throw refusal
  }

  /// The file that links lead to.
  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
