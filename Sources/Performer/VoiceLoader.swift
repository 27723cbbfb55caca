// VoiceLoader: opens voices on a thread of its own while the old one plays on.
// The last request wins; nothing here is ever met by the audio thread.
import Glibc
import Synchronization

/// Where voices wait between the thread that opens them and the one that plays them.
final class VoiceLoader: @unchecked Sendable {
  /// What an opened request gave.
  enum Outcome {
    case opened((any BlockInstrument)?)
    case failed
  }

  private let open: @Sendable (String) throws -> any BlockInstrument
  private let channel: Channel
  private let lock = Lock()
  private let atomicOutcome = Atomic<Bool>(false)

  // Under the lock
  private var request: String?
  /// The thread still looks for requests.
  private var running = false
  /// The last request has no outcome yet.
  private var pending = false
  private var thread: BackgroundThread?
  private var outcome: Outcome?
  private var failure = ""
  /// What was asked for last, and its file as it stood then.
  private var wanted: (path: String, file: FileStamp)?

  init(channel: Channel, open: @escaping @Sendable (String) throws -> any BlockInstrument) {
    self.channel = channel
    self.open = open
  }

  deinit { lock.deallocate() }

  /// There is something to take: read without the lock.
  var hasOutcome: Bool { atomicOutcome.load(ordering: .acquiring) }

  /// Why the last request failed; empty when it did not.
  var message: String { lock.locked { failure } }

  /// Asks for a voice; an empty path for none. One that is on its way or was opened is not opened again, unless its file
  /// has changed since: hosts restore the state that they have just saved.
  func load(_ path: String) {
    let file = FileStamp(path)
    lock.locked {
      if let wanted, wanted.path == path, wanted.file == file, failure.isEmpty { return }
      wanted = (path, file)
      request = path
      outcome = nil
      failure = ""
      pending = true
      channel.set(.loading)
      guard !running else { return }
      thread?.join()
      thread = BackgroundThread(name: "fotoplayer voice") { self.work() }
      running = thread != nil
      if !running { finish(.failed, "no thread to open \(path) on") }
    }
  }

  /// What was opened since the last call: for the generator.
  func take() -> Outcome? {
    guard hasOutcome else { return nil }
    return lock.locked {
      atomicOutcome.store(false, ordering: .relaxed)
      defer { outcome = nil }
      return outcome
    }
  }

  /// Tells what became of the voice that `take` gave, unless another is on its way by now.
  func settle(_ status: VoiceStatus) {
    lock.locked {
      guard !pending && outcome == nil else { return }
      channel.set(status)
      channel.reports.pointee.settled.wrappingAdd(1, ordering: .releasing)
    }
  }

  /// Waits until nothing is being opened.
  func close() {
    let last = lock.locked {
      request = nil
      defer { thread = nil }
      return thread
    }
    last?.join()
  }

  private func work() {
    while let path = lock.locked({ () -> String? in
      defer { request = nil }
      if request == nil { running = false }
      return request
    }) {
      do {
        let voice = path.isEmpty ? nil : try open(path)
        if let voice {
          try VoiceLoader.check(voice, path)
          voice.prepare(frames: channel.requests.pointee.blockFrames.load(ordering: .relaxed))
        }
        lock.locked { if request == nil { finish(.opened(voice), "") } }
      } catch {
        lock.locked { if request == nil { finish(.failed, "\(error)") } }
      }
    }
  }

  /// Under the lock: puts an outcome out for the generator.
  private func finish(_ outcome: Outcome, _ failure: String) {
    self.outcome = outcome
    self.failure = failure
    pending = false
    atomicOutcome.store(true, ordering: .releasing)
    channel.work.raise()
  }

  private static func check(_ voice: any BlockInstrument, _ path: String) throws {
    guard voice.sampleRate == CodecClock.rate && voice.hop == CodecClock.hop else {
      throw VoiceError(
        path: path, expected: "\(CodecClock.rate) Hz in frames of \(CodecClock.hop)",
        found: "\(voice.sampleRate) Hz in frames of \(voice.hop)")
    }
  }
}

/// What tells a file from another one at the same path.
struct FileStamp: Hashable {
  private var device: dev_t = 0, node: ino_t = 0, size: off_t = 0, seconds = 0, nanoseconds = 0

  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    (device, node, size) = (status.st_dev, status.st_ino, status.st_size)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

/// A voice that the performer cannot play.
public struct VoiceError: Error, CustomStringConvertible {
  public let path: String
  public let expected: String
  public let found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
