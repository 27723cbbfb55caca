// GeneratorPool: the threads that generate, as many as the machine has processors, shared by all performances of a process.
// The first performance starts them, the last one ends them.
import CRealtime
import Synchronization

/// With what priority the threads run.
public enum GeneratorPriority: Equatable, Sendable {
  /// Nothing was rendered yet.
  case unknown
  /// As the host's audio threads, which have no real-time priority.
  case normal
  /// Just under the host's audio threads.
  case realtime(Int)
  /// The host's audio threads have a real-time priority, and the system grants none to others.
  case refused

  init(_ number: Int32) {
    self =
      number > 0
      ? .realtime(Int(number)) : number == 0 ? .normal : number == GeneratorPriority.refusal ? .refused : .unknown
  }

  static let refusal: Int32 = -1
  static let none: Int32 = -2
}

/// The number of the priority that the threads were granted last.
final class GrantedPriority: Sendable {
  let number = Atomic<Int32>(0)
}

/// Threads, and whose turn it is on them.
package final class GeneratorPool: Sendable {
  /// What the threads and whoever enters or leaves have in common.
  private final class Heart: Sendable {
    let scheduler = DeadlineScheduler()
    let clock: PerformanceClock
    let isClosing = Atomic<Bool>(false)
    let granted = GrantedPriority()

    init(clock: PerformanceClock) { self.clock = clock }

    /// What each thread does.
    func serve() {
      _ = fp_flush_denormals()
      var priority: Int32 = 0
      while true {
        let seen = scheduler.work.value
        if isClosing.load(ordering: .acquiring) { return }
        if !serveOne(with: &priority) { scheduler.work.wait(while: seen) }
      }
    }

    /// Lets the most urgent task have its turn; `priority` is what the thread had and has.
    func serveOne(with priority: inout Int32) -> Bool {
      guard let task = scheduler.take(at: clock.now) else { return false }
      let wanted = scheduler.priority
      if wanted != priority {
        priority = wanted
        granted.number.store(
          fp_set_priority(wanted) ? wanted : GeneratorPriority.refusal, ordering: .relaxed)
      }
      task.turn()
      scheduler.giveBack(task)
      return true
    }
  }

  /// Who gives up quality when time runs short.
  let economy: Economy
  /// Takes apart what plays no more.
  let attic = Attic()
  private let heart: Heart
  private let limit: Int
  private let lock = Lock()
  private nonisolated(unsafe) var threads: [BackgroundThread] = []

  /// - Parameters:
  ///   - threads: at most so many. With none, `step` does their work.
  ///   - clock: for deadlines and costs.
  package init(threads: Int = Int(fp_processors()), clock: PerformanceClock = PerformanceClock()) {
    limit = max(0, threads)
    economy = Economy(threads: max(1, threads))
    heart = Heart(clock: clock)
  }

  deinit {
    heart.isClosing.store(true, ordering: .releasing)
    heart.scheduler.work.raiseForAll()
    for thread in threads { thread.join() }
    attic.close()
    lock.deallocate()
  }

  private static let common = Lock()
  private nonisolated(unsafe) static weak var running: GeneratorPool?

  /// Makes what all instances share while there is one thread: how Swift makes it at first use is right, but no tool
  /// that watches for races can see it.
  package static func prepare() { common.locked { _ = running } }

  /// The process's own.
  package static func shared() -> GeneratorPool {
    common.locked {
      if let running { return running }
      let pool = GeneratorPool()
      running = pool
      return pool
    }
  }

  /// Raised for the threads.
  package var work: Signal { heart.scheduler.work }

  /// What time it is for whoever plays here.
  package var clock: PerformanceClock { heart.clock }

  var granted: GrantedPriority { heart.granted }

  /// Whether tasks are served by threads, or by `step`.
  var hasThreads: Bool { limit > 0 }

  /// Threads that run.
  package var threadCount: Int { lock.locked { threads.count } }

  /// Lets a task be served. False when the system has no thread for it.
  package func enter(_ task: any DeadlineTask) -> Bool {
    heart.scheduler.enter(task)
    let isServed = lock.locked {
      if limit > 0 { attic.open() }
      // Not one more than there are tasks: a single piano on a big machine needs no crowd.
      if threads.count < min(limit, heart.scheduler.count) {
        let heart = heart
        if let thread = BackgroundThread(name: "fotoplayer play", { heart.serve() }) { threads.append(thread) }
      }
      return limit == 0 || !threads.isEmpty
    }
    if !isServed { leave(task) }
    return isServed
  }

  /// Serves a task no more; waits for the end of a turn that it may be in.
  package func leave(_ task: any DeadlineTask) { heart.scheduler.leave(task) }

  /// Lets one task have its turn on the calling thread: how tests work without threads. False when none has work.
  package func step() -> Bool {
    var priority = heart.scheduler.priority
    return heart.serveOne(with: &priority)
  }
}
