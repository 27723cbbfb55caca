// DeadlineScheduler: which performance is served next: the one whose block must be ready first.
// Threads ask it for something to do and bring it back; who has nothing to do sleeps on `work`.
import Synchronization

/// Something that has work now and then, each piece to be done by a time.
package protocol DeadlineTask: AnyObject, Sendable {
  /// When the next piece must be done, on the clock of `now`; nil while there is none. Never asked during a `turn`.
  func deadline(at now: Int64) -> Int64?

  /// Does a piece, or finds that there is none.
  func turn()

  /// The real-time priority that is just low enough for this task; 0 where it knows of none.
  var priority: Int32 { get }
}

/// Earliest deadline first, among tasks that come and go at any time.
///
/// A task is with one thread at a time, and what a turn wrote the next one sees. What is late already cannot be made good
/// and is put back by `grace`: it does not make others late, and it is served when its time comes all the same.
package final class DeadlineScheduler: @unchecked Sendable {
  /// How far back late work is put: two seconds.
  package static let grace: Int64 = 2_000_000_000

  /// Raised by whoever has made work. A thread reads it, asks for work, and sleeps on it when there is none.
  package let work = Signal()

  private struct Member {
    let task: any DeadlineTask
    var isTaken = false
    var isLeaving = false
  }

  private let lock = Lock()
  private var members: [Member] = []
  private let released = Signal()
  private let lowest = Atomic<Int32>(0)

  /// Room for more performances than are played: who enters asks for memory before threads that play wait for the lock.
  package init() { members.reserveCapacity(64) }

  deinit {
    work.deallocate()
    released.deallocate()
    lock.deallocate()
  }

  /// Tasks that are in.
  package var count: Int { lock.locked { members.count } }

  /// The lowest of the tasks' real-time priorities; 0 where none has any.
  package var priority: Int32 { lowest.load(ordering: .relaxed) }

  /// Takes a task in.
  package func enter(_ task: any DeadlineTask) {
    lock.locked { members.append(Member(task: task)) }
    work.raise()
  }

  /// Lets a task go. It is not touched any more when this returns, which may take a turn of it.
  package func leave(_ task: any DeadlineTask) {
    while true {
      let seen = released.value
      let isTaken = lock.locked {
        guard let index = index(of: task) else { return false }
        guard members[index].isTaken else {
          members.remove(at: index)
          return false
        }
        members[index].isLeaving = true
        return true
      }
      guard isTaken else { return }
      released.wait(while: seen)
    }
  }

  /// The task to be served now, taken until it is given back; nil when none has work.
  package func take(at now: Int64) -> (any DeadlineTask)? {
    lock.locked {
      var first: Int?
      var earliest = Int64.max
      var waiting = 0
      var priority = Int32.max
      for index in members.indices {
        let own = members[index].task.priority
        if own > 0 { priority = min(priority, own) }
        guard !members[index].isTaken && !members[index].isLeaving,
          let deadline = members[index].task.deadline(at: now)
        else { continue }
        waiting += 1
        let place = deadline < now ? deadline + DeadlineScheduler.grace : deadline
        if first == nil || place < earliest { (first, earliest) = (index, place) }
      }
      lowest.store(priority == .max ? 0 : priority, ordering: .relaxed)
      guard let first else { return nil }
      members[first].isTaken = true
      // Whoever made that work may have woken only one thread.
      if waiting > 1 { work.raise() }
      return members[first].task
    }
  }

  /// Gives a task back after its turn.
  package func giveBack(_ task: any DeadlineTask) {
    let isAwaited = lock.locked {
      guard let index = index(of: task) else { return false }
      members[index].isTaken = false
      guard members[index].isLeaving else { return false }
      members.remove(at: index)
      return true
    }
    if isAwaited { released.raiseForAll() }
  }

  private func index(of task: any DeadlineTask) -> Int? { members.firstIndex { $0.task === task } }
}
