// SharedVoice: a voice file is opened once in a process, whoever plays it and how many do, and let go with the last of them.
// Weights, packed weights, strings and noise are what a voice weighs; a player adds its caches and little else.
import Synchronization

/// A voice that players share.
public final class SharedVoice: Sendable {
  public let voice: Voice
  private let key: Key

  /// The same file, as it stands, at the same path.
  private struct Key: Hashable { let path: String, file: FileStamp }
  private struct Entry {
    weak var voice: SharedVoice?
    let identity: ObjectIdentifier
  }
  private static let known = Mutex<[Key: Entry]>([:])

  /// The voice at a path: the one that somebody plays, unless the file has changed since, or opened now.
  ///
  /// Threads that ask at once open it once: they wait for each other. Not for the audio thread.
  ///
  /// - Throws: `VoiceError`, as `Voice.init(path:)` does.
  public static func open(_ path: String) throws(VoiceError) -> SharedVoice {
    let result = known.withLock { known -> Result<SharedVoice, VoiceError> in
      let key = Key(path: path, file: FileStamp(path))
      if let voice = known[key]?.voice { return .success(voice) }
      do throws(VoiceError) {
        let made = SharedVoice(try Voice(path: path), key)
        known[key] = Entry(voice: made, identity: ObjectIdentifier(made))
        return .success(made)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private init(_ voice: Voice, _ key: Key) {
    self.voice = voice
    self.key = key
  }

  deinit {
    Self.known.withLock { known in
      // Another thread may have opened the file anew by now.
      if known[key]?.identity == ObjectIdentifier(self) { known[key] = nil }
    }
  }
}
