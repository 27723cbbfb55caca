// Attic: where instruments go that play no more. Taking one apart gives back megabytes, piece by piece, and waits for whoever
// else is at the allocator: that is no work for a thread that plays.
import Synchronization

/// A thread without priority that lets go of what it is given.
final class Attic: @unchecked Sendable {
  private let lock = Lock()
  private let work = Signal()
  private let isClosing = Atomic<Bool>(false)
  private var left: [any BlockInstrument] = []
  private var thread: BackgroundThread?

  init() { left.reserveCapacity(64) }

  deinit {
    work.deallocate()
    lock.deallocate()
  }

  /// Starts the thread. Without it what is taken is let go by `close`.
  func open() {
    guard thread == nil else { return }
    thread = BackgroundThread(name: "fotoplayer old") { [unowned self] in serve() }
  }

  /// Takes what plays no more; `instruments` is empty afterwards and keeps its capacity.
  func take(_ instruments: inout [any BlockInstrument]) {
    guard !instruments.isEmpty else { return }
    lock.locked { left.append(contentsOf: instruments) }
    instruments.removeAll(keepingCapacity: true)
    work.raise()
  }

  /// Lets go of everything and ends the thread.
  func close() {
    isClosing.store(true, ordering: .releasing)
    work.raise()
    thread?.join()
    thread = nil
    empty()
  }

  private func serve() {
    while true {
      let seen = work.value
      empty()
      if isClosing.load(ordering: .acquiring) { return }
      work.wait(while: seen)
    }
  }

  private func empty() {
    while let last = lock.locked({ left.popLast() }) { withExtendedLifetime(last) {} }
  }
}
