// Whose turn it is: the earliest deadline's that can still be met, and in the end everybody's.
import Glibc
import Performer
import Score
import Synchronization
import Testing

/// Work that comes when the test says so; it knows whether it was ever in two hands, or touched after it had left.
private final class Chore: DeadlineTask, @unchecked Sendable {
  let name: Int
  let priority: Int32
  /// Deadlines of what is to be done, under the lock: one that ThreadSanitizer knows.
  private var due: [Int64] = []
  private let lock = Lock()
  private let isInHand = Atomic<Bool>(false)
  private let turns = Atomic<Int>(0)
  private let faults = Atomic<Int>(0)
  private let hasLeft = Atomic<Bool>(false)
  /// Touched by turns alone, without a lock: whoever takes the task must see what the last one wrote.
  private var unguarded = 0

  init(_ name: Int, priority: Int32 = 0) {
    self.name = name
    self.priority = priority
  }

  deinit { lock.deallocate() }

  var turnCount: Int { turns.load(ordering: .sequentiallyConsistent) }
  var faultCount: Int { faults.load(ordering: .sequentiallyConsistent) }

  func add(_ deadline: Int64) { lock.locked { due.append(deadline) } }
  func markAsLeft() { hasLeft.store(true, ordering: .sequentiallyConsistent) }
  var next: Int64? { lock.locked { due.first } }

  func deadline(at now: Int64) -> Int64? {
    if isInHand.load(ordering: .sequentiallyConsistent) { faults.add(1, ordering: .relaxed) }
    return next
  }

  func turn() {
    if isInHand.exchange(true, ordering: .sequentiallyConsistent) { faults.add(1, ordering: .relaxed) }
    if hasLeft.load(ordering: .sequentiallyConsistent) { faults.add(1, ordering: .relaxed) }
    lock.locked { if !due.isEmpty { due.removeFirst() } }
    unguarded += 1
    turns.add(1, ordering: .sequentiallyConsistent)
    isInHand.store(false, ordering: .sequentiallyConsistent)
  }
}

@Suite struct DeadlineSchedulerTests {
  @Test func theEarliestDeadlineIsServedFirst() {
    let scheduler = DeadlineScheduler()
    let chores = (0..<4).map { Chore($0) }
    for chore in chores { scheduler.enter(chore) }
    for (chore, deadline) in zip(chores, [400, 100, 300, 200] as [Int64]) { chore.add(deadline) }
    var order: [Int] = []
    while let task = scheduler.take(at: 0) {
      task.turn()
      scheduler.giveBack(task)
      order.append((task as? Chore)?.name ?? -1)
    }
    #expect(order == [1, 3, 2, 0])
    #expect(scheduler.take(at: 0) == nil)
  }

  @Test func whatIsLateAlreadyMakesNobodyLate() {
    let scheduler = DeadlineScheduler()
    let (late, punctual) = (Chore(0), Chore(1))
    for chore in [late, punctual] { scheduler.enter(chore) }
    late.add(999)
    punctual.add(1_000_000)
    #expect(scheduler.take(at: 1000) === punctual)
    #expect(scheduler.take(at: 1000) === late, "nobody else is there")
    // But it waits no longer than the grace.
    for chore in [late, punctual] { scheduler.giveBack(chore) }
    let then = 999 + DeadlineScheduler.grace + 1
    punctual.turn()
    punctual.add(then)
    #expect(scheduler.take(at: then) === late)
  }

  /// Random tasks, deadlines and costs on one processor and a clock of our own.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func nobodyStarves(seed: UInt64) {
    var random = Chance(seed: seed)
    let scheduler = DeadlineScheduler()
    let chores = (0..<Int.random(in: 2...32, using: &random)).map { Chore($0) }
    for chore in chores { scheduler.enter(chore) }
    // Every task has work at its own pace; together they want up to three times what there is.
    let paces = chores.map { _ in Int64.random(in: 5...60, using: &random) * 1_000_000 }
    let costs = paces.map { pace in pace * Int64.random(in: 1...300, using: &random) / Int64(100 * chores.count) }
    var released = paces
    var now: Int64 = 0
    var lastTurn = [Int64](repeating: 0, count: chores.count)
    while now < 20_000_000_000 {
      for index in chores.indices where released[index] <= now && chores[index].next == nil {
        chores[index].add(released[index] + paces[index])
        released[index] = max(released[index] + paces[index], now - 1_000_000_000)
      }
      let ready = chores.filter { $0.next != nil }
      guard let task = scheduler.take(at: now) as? Chore else {
        #expect(ready.isEmpty)
        now += 1_000_000
        continue
      }
      let deadline = task.next ?? 0
      let timely = ready.compactMap(\.next).filter { $0 >= now }
      if deadline >= now {
        let overdue = ready.compactMap(\.next).filter { $0 + DeadlineScheduler.grace < deadline }
        #expect(deadline == timely.min() && overdue.isEmpty, "seed \(seed)")
      } else {
        #expect(timely.allSatisfy { $0 >= deadline + DeadlineScheduler.grace }, "seed \(seed)")
      }
      now += costs[task.name]
      lastTurn[task.name] = now
      task.turn()
      scheduler.giveBack(task)
    }
    #expect(lastTurn.allSatisfy { now - $0 < 2 * DeadlineScheduler.grace }, "seed \(seed)")
    #expect(chores.allSatisfy { $0.faultCount == 0 })
  }

  /// Tasks come, have work and go, on any thread, while four threads serve them.
  @Test func tasksComeAndGoWhileTheyAreServed() throws {
    let pool = GeneratorPool(threads: 4)
    let stayers = (0..<4).map { Chore($0) }
    for chore in stayers { #expect(pool.enter(chore)) }
    let faults = Atomic<Int>(0)
    let hosts = (0..<4).compactMap { host in
      BackgroundThread(name: "host") {
        var random = Chance(seed: UInt64(host))
        for round in 0..<300 {
          let chore = Chore(100 + round)
          _ = pool.enter(chore)
          for _ in 0..<Int.random(in: 0...3, using: &random) {
            chore.add(Int64.random(in: 0...1_000_000_000, using: &random))
            stayers[host].add(Int64.random(in: 0...1_000_000_000, using: &random))
            pool.work.raise()
            pool.work.raise()
          }
          if Bool.random(using: &random) { sched_yield() }
          // Queued, in hand, or idle: it is let go at once.
          pool.leave(chore)
          chore.markAsLeft()
          let turns = chore.turnCount
          sched_yield()
          faults.add(chore.faultCount + chore.turnCount - turns, ordering: .relaxed)
        }
      }
    }
    #expect(hosts.count == 4)
    for host in hosts { host.join() }
    #expect(faults.load(ordering: .relaxed) == 0)
    #expect(eventually { stayers.allSatisfy { $0.next == nil } }, "no work is forgotten while somebody sleeps")
    #expect(stayers.allSatisfy { $0.faultCount == 0 })
    #expect(pool.threadCount == 4)
    for chore in stayers { pool.leave(chore) }
  }

  /// One call wakes one thread; what the others could do they are told by it.
  @Test func aThreadThatFindsMoreThanItCanDoWakesAnother() {
    let pool = GeneratorPool(threads: 2)
    let gates = [Gate(), Gate()]
    for gate in gates { #expect(pool.enter(gate)) }
    for gate in gates { gate.isWanted.store(true, ordering: .sequentiallyConsistent) }
    pool.work.raise()
    // Each waits for the other to be served as well.
    #expect(eventually { gates.allSatisfy { $0.isServed.load(ordering: .sequentiallyConsistent) } })
    for gate in gates { gate.isOpen.store(true, ordering: .sequentiallyConsistent) }
    for gate in gates { pool.leave(gate) }
  }

  private final class Gate: DeadlineTask {
    let isWanted = Atomic<Bool>(false), isServed = Atomic<Bool>(false), isOpen = Atomic<Bool>(false)
    var priority: Int32 { 0 }
    func deadline(at now: Int64) -> Int64? { isWanted.load(ordering: .sequentiallyConsistent) ? now : nil }
    func turn() {
      isServed.store(true, ordering: .sequentiallyConsistent)
      while !isOpen.load(ordering: .sequentiallyConsistent) { usleep(200) }
      isWanted.store(false, ordering: .sequentiallyConsistent)
    }
  }

  @Test func theLowestPriorityOfThoseThatHaveOneHolds() {
    let scheduler = DeadlineScheduler()
    let chores = [0, 70, 55, 0].map { Chore(0, priority: $0) }
    for chore in chores { scheduler.enter(chore) }
    _ = scheduler.take(at: 0)
    #expect(scheduler.priority == 55)
    scheduler.leave(chores[2])
    _ = scheduler.take(at: 0)
    #expect(scheduler.priority == 70)
    scheduler.leave(chores[1])
    _ = scheduler.take(at: 0)
    #expect(scheduler.priority == 0)
  }
}
