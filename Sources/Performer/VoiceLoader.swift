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

  private let open: @Sendable (VoiceRequest) throws -> any BlockInstrument
  private let channel: Channel
  private let lock = Lock()
  /// One start at a time.
  private let starting = Lock()
  private let atomicOutcome = Atomic<Bool>(false)

  // Under the lock
  private var request: VoiceRequest?
  /// The thread still looks for requests.
  private var running = false
  /// The last request has no outcome yet.
  private var pending = false
  private var thread: BackgroundThread?
  private var outcome: Outcome?
  private var failure = ""
  /// A voice was opened and handed out: it plays on where a later request fails.
  private var hasVoice = false
  /// As long as there is none: the first request, whose voice plays if a later one fails.
  private var first: VoiceRequest?
  /// What was asked for last, and its files as they stood then.
  private var wanted: (request: VoiceRequest, files: [FileStamp])?
  /// What there is to say about the voice that was opened last.
  private var remarked = ""

  init(channel: Channel, open: @escaping @Sendable (VoiceRequest) throws -> any BlockInstrument) {
    self.channel = channel
    self.open = open
  }

  deinit {
    lock.deallocate()
    starting.deallocate()
  }

  /// There is something to take: read without the lock.
  var hasOutcome: Bool { atomicOutcome.load(ordering: .acquiring) }

  /// Why the last request failed; empty when it did not.
  var message: String { lock.locked { failure } }

  /// What the voice that was opened last should have said: nothing was wrong with it.
  var remark: String { lock.locked { remarked } }

  /// Asks for a voice; an empty path for none. One that is on its way or was opened is not opened again, unless a file of
  /// it has changed since: hosts restore the state that they have just saved.
  func load(_ new: VoiceRequest) {
    let files = new.files
    let isAsleep = lock.locked {
      if let wanted, wanted.request == new, wanted.files == files, failure.isEmpty { return false }
      if !hasVoice && first == nil { first = new }
      wanted = (new, files)
      request = new
      failure = ""
      pending = true
      channel.set(.loading)
      defer { running = true }
      return !running
    }
    if isAsleep { wake(for: new.voice) }
  }

  /// Starts the thread anew. Neither its end nor its beginning is waited for under the lock, which the generator takes.
  private func wake(for path: String) {
    starting.locked {
      lock.locked { thread }?.join()
      let next = BackgroundThread(name: "fotoplayer voice") { self.work() }
      lock.locked {
        thread = next
        guard next == nil else { return }
        running = false
        finish(.failed, "no thread to open \(path) on")
      }
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

  /// Tells what became of the voice that `take` gave, unless another is on its way by now. One that plays instead of
  /// what was asked for is no success.
  func settle(_ status: VoiceStatus) {
    lock.locked {
      guard !pending && outcome == nil else { return }
      channel.set(failure.isEmpty ? status : .failed)
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
    while let wanted = lock.locked({ () -> VoiceRequest? in
      defer { request = nil }
      if request == nil { running = false }
      return request
    }) {
      do {
        let voice = wanted.voice.isEmpty ? nil : try ready(wanted)
        lock.locked {
          if request == nil {
            finish(.opened(voice), "")
          } else if !hasVoice {
            // Another was asked for meanwhile: until it is there, or if it cannot be opened, this one plays.
            hand(.opened(voice))
          }
        }
      } catch {
        let substitute = lock.locked { hasVoice || request != nil || first == wanted ? nil : first }
        let voice = substitute.flatMap { $0.voice.isEmpty ? nil : try? ready($0) }
        lock.locked { if request == nil { finish(voice.map { .opened($0) } ?? .failed, "\(error)") } }
      }
    }
  }

  /// What was asked for, with everything that its first block needs.
  private func ready(_ wanted: VoiceRequest) throws -> any BlockInstrument {
    let voice = try open(wanted)
    try VoiceLoader.check(voice, wanted.voice)
    voice.prepare(frames: channel.requests.pointee.blockFrames.load(ordering: .relaxed))
    return voice
  }

  /// Under the lock: puts an outcome out for the generator.
  private func finish(_ outcome: Outcome, _ failure: String) {
    self.failure = failure
    pending = false
    hand(outcome)
  }

  /// A voice that waits to be taken is not lost to a failure that comes after it.
  private func hand(_ outcome: Outcome) {
    if case .failed = outcome, case .opened = self.outcome {} else { self.outcome = outcome }
    if case .opened(let voice) = outcome {
      remarked = voice?.remark ?? ""
      if voice != nil { (hasVoice, first) = (true, nil) }
    }
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

/// A voice that the performer cannot play.
public struct VoiceError: Error, CustomStringConvertible {
  public let path: String
  public let expected: String
  public let found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
