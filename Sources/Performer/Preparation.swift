// Preparation: an instrument gets ready for blocks of another size on a thread of its own.
// That takes as long as several blocks, in which the pool's threads are there for the other performances.
import Synchronization

/// What one task has prepared, or has under way.
final class Preparation: @unchecked Sendable {
  /// False: what there is to do is done at once, on the thread that asks.
  private let isAside: Bool
  private let work: Signal
  private let isRunning = Atomic<Bool>(false)
  private var frames = 0
  private var thread: BackgroundThread?

  init(isAside: Bool, work: Signal) {
    self.isAside = isAside
    self.work = work
  }

  /// While this is true nobody but the thread touches the instrument; `work` is raised when it ends.
  var isUnderWay: Bool { isRunning.load(ordering: .acquiring) }

  /// True when the engine's instrument is ready for blocks of so many frames; else that is under way now.
  func isDone(_ engine: BlockEngine, frames wanted: Int) -> Bool {
    if wanted == engine.blockFrames || wanted == frames { return true }
    end()
    frames = wanted
    let aside = Aside(engine: engine)
    isRunning.store(isAside, ordering: .relaxed)
    if isAside {
      thread = BackgroundThread(name: "fotoplayer prep") { [self] in
        aside.engine.prepare(blockFrames: wanted)
        isRunning.store(false, ordering: .releasing)
        work.raise()
      }
    }
    if thread == nil {
      engine.prepare(blockFrames: wanted)
      isRunning.store(false, ordering: .relaxed)
    }
    return thread == nil
  }

  /// Waits for the end of what is under way.
  func end() {
    thread?.join()
    thread = nil
  }

  private struct Aside: @unchecked Sendable { let engine: BlockEngine }
}
