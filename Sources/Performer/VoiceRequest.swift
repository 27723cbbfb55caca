// VoiceRequest: what is to be played: a voice, and what leads it where it is one of Foley.
// Two requests are the same as long as the files that they name are.
import Glibc

/// A voice's file, and for Foley a prompt and the file of a film that was watched; empty for none.
public struct VoiceRequest: Hashable, Sendable {
  public var voice: String, prompt: String, film: String

  public init(voice: String, prompt: String = "", film: String = "") {
    (self.voice, self.prompt, self.film) = (voice, prompt, film)
  }

  /// Its files as they stand.
  var files: [FileStamp] { [FileStamp(voice), FileStamp(film)] }
}

/// What tells a file from another one at the same path.
package struct FileStamp: Hashable {
  private var device: dev_t = 0, node: ino_t = 0, size: off_t = 0, seconds = 0, nanoseconds = 0

  package init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    (device, node, size) = (status.st_dev, status.st_ino, status.st_size)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}
