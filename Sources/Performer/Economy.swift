// Economy: who gives up quality when blocks are late, and when it comes back.
// Whoever takes most gives first; coming back takes longer each time it did not last.
import Synchronization

/// What one performance gives up.
package final class Thrift: Sendable {
  /// Rungs below what was set.
  private let atomicRung = Atomic<Int>(0)
  private let atomicReport = Atomic<UInt32>(0)
  /// The economy's, under its lock.
  fileprivate nonisolated(unsafe) var account = Account()

  fileprivate struct Account {
    var ladder = EconomyLadder(PerformanceSettings(), frames: 1)
    /// Frames of the blocks that were set, and by how many those that are played are larger.
    var chosenFrames = 0, extraFrames = 0
    var rung = 0
    /// The share of real time that blocks take: a mean over about 16 of them.
    var load = 0.0
    var lastBlock = Int64.min, lastLate = Int64.min, lastChange = Int64.min, lastReturn = Int64.min
    /// Late blocks within a second, when the first of them was, and how late the last one was.
    var lateBlocks = 0, firstLate = Int64.min, lateness: Int64 = 0
    var patience = Economy.patience
    /// Late, and nothing left to give up.
    var isExhausted = false
  }

  package init() {}

  /// Where on its ladder the performance is: 0 is as set.
  package var rung: Int { atomicRung.load(ordering: .relaxed) }

  package var report: PerformanceEconomy { PerformanceEconomy(packed: atomicReport.load(ordering: .relaxed)) }

  fileprivate func publish() {
    let rung = account.rung
    let ladder = account.ladder
    let extra = ladder.extraFrames(on: rung)
    let stage: PerformanceEconomy.Stage =
      account.isExhausted
      ? .silence
      : rung == 0 ? .none : extra > 0 ? .largerBlock : rung < ladder.immediateRungs ? .fewerSteps : .oneStep
    let report = PerformanceEconomy(
      stage: stage, steps: ladder.steps(on: rung), foldsGuidance: ladder.foldsGuidance(on: rung), extraFrames: extra)
    atomicRung.store(rung, ordering: .relaxed)
    atomicReport.store(report.packed, ordering: .relaxed)
  }
}

/// The economy of performances that share threads. All times in nanoseconds.
package final class Economy: @unchecked Sendable {
  /// So many late blocks within a second are more than a mishap.
  package static let evidence = 3
  /// After a rung is given up, lateness is what came before it for so long.
  package static let pause: Int64 = 250_000_000
  /// Without a late block for so long, a rung is taken back; each time that this did not last, for twice as long.
  package static let patience: Int64 = 5_000_000_000
  package static let longestPatience: Int64 = 160_000_000_000
  /// A return has lasted after this time.
  package static let probation: Int64 = 30_000_000_000
  /// A performance without a block for so long takes no part.
  package static let presence: Int64 = 1_000_000_000
  /// The shares of a processor, and of all, that may be in use after a return: a block has half its length to be made in
  /// (docs/decisions/0006).
  package static let room = 0.5

  private let threads: Int
  private let lock = Lock()
  private var thrifts: [Thrift] = []
  private var lastGift = Int64.min

  package init(threads: Int) {
    self.threads = threads
    thrifts.reserveCapacity(64)
  }

  deinit { lock.deallocate() }

  package func enter(_ thrift: Thrift) { lock.locked { thrifts.append(thrift) } }

  package func leave(_ thrift: Thrift) { lock.locked { thrifts.removeAll { $0 === thrift } } }

  /// A performance is silent, and takes nothing.
  package func rest(_ thrift: Thrift) { lock.locked { thrift.account.load = 0 } }

  /// A block was made live.
  ///
  /// - Parameters:
  ///   - thrift: of the performance.
  ///   - settings, chosenFrames: as the musician set them; `frames`: as blocks are.
  ///   - cost: what it took; nil where it was passed over.
  ///   - span: how long it sounds.
  ///   - lateness: how much of it, and of what comes next, had been due before; 0: it was in time.
  ///   - now: when it was ready.
  package func note(
    _ thrift: Thrift, settings: PerformanceSettings, chosenFrames: Int, frames: Int, cost: Int64?, span: Int64,
    lateness: Int64, at now: Int64
  ) {
    lock.locked {
      thrift.adapt(EconomyLadder(settings, frames: chosenFrames), chosenFrames: chosenFrames, frames: frames)
      if let cost {
        let share = Double(cost) / Double(max(1, span))
        thrift.account.load += thrift.account.load == 0 ? share : (share - thrift.account.load) / 16
      }
      thrift.account.lastBlock = now
      let isCatchingUp = lateness < thrift.account.lateness
      thrift.account.lateness = lateness
      if lateness > 0 {
        thrift.account.lastLate = now
        if !isCatchingUp { countLate(thrift, now) }
        if thrift.account.lateBlocks >= Economy.evidence, elapsed(since: lastGift, now) >= Economy.pause {
          thrift.account.lateBlocks = 0
          demandGift(for: thrift, now)
        }
      } else {
        returnRung(to: thrift, now)
      }
      thrift.publish()
    }
  }

  private func elapsed(since time: Int64, _ now: Int64) -> Int64 { time == .min ? .max : now - time }

  private func isPresent(_ thrift: Thrift, _ now: Int64) -> Bool {
    thrift.account.load > 0 && elapsed(since: thrift.account.lastBlock, now) < Economy.presence
  }

  private func countLate(_ thrift: Thrift, _ now: Int64) {
    if elapsed(since: thrift.account.firstLate, now) > Economy.presence {
      thrift.account.firstLate = now
      thrift.account.lateBlocks = 0
    }
    thrift.account.lateBlocks += 1
  }

  /// Somebody climbs down a rung: of those that can at once the one that takes most, else the one that is late.
  private func demandGift(for late: Thrift, _ now: Int64) {
    let givers = thrifts.filter { isPresent($0, now) && $0.account.rung < $0.account.ladder.immediateRungs }
    let giver = givers.max { $0.account.load < $1.account.load }
    guard let giver = giver ?? (late.canGrow ? late : nil) else {
      late.account.isExhausted = true
      return
    }
    let failed = elapsed(since: giver.account.lastReturn, now) < Economy.probation
    giver.account.patience = failed ? min(2 * giver.account.patience, Economy.longestPatience) : Economy.patience
    giver.account.rung += 1
    giver.account.lastChange = now
    lastGift = now
    giver.publish()
  }

  /// A rung comes back when all has been in time for long enough and there is room for what it costs.
  private func returnRung(to thrift: Thrift, _ now: Int64) {
    let account = thrift.account
    guard account.rung > 0 || account.isExhausted,
      elapsed(since: max(account.lastLate, account.lastChange), now) >= account.patience
    else { return }
    thrift.account.isExhausted = false
    // A block that is still larger than it is to be becomes smaller first.
    guard account.rung > 0, account.extraFrames <= account.ladder.extraFrames(on: account.rung) else { return }
    let more = thrift.costOfReturn
    let total = thrifts.reduce(0) { $0 + (isPresent($1, now) ? $1.account.load : 0) }
    guard account.load * more <= Economy.room,
      total + account.load * (more - 1) <= Economy.room * Double(threads)
    else { return }
    thrift.account.rung -= 1
    thrift.account.lastChange = now
    thrift.account.lastReturn = now
  }
}

extension Thrift {
  /// The musician may have changed what is the top of the ladder: a larger block that was set is none that was given up.
  fileprivate func adapt(_ ladder: EconomyLadder, chosenFrames: Int, frames: Int) {
    if chosenFrames != account.chosenFrames { account.rung = min(account.rung, ladder.immediateRungs) }
    account.rung = min(account.rung, ladder.rungs)
    account.ladder = ladder
    let extra = max(0, frames - chosenFrames)
    // With other blocks it is another matter.
    if chosenFrames != account.chosenFrames || extra != account.extraFrames { account.isExhausted = false }
    account.chosenFrames = chosenFrames
    account.extraFrames = extra
  }

  /// Blocks can be asked to be larger: they are already as large as was asked for, and not yet the largest.
  fileprivate var canGrow: Bool {
    account.rung < account.ladder.rungs && account.extraFrames >= account.ladder.extraFrames(on: account.rung)
  }

  /// How many times as much the rung above costs, at most.
  fileprivate var costOfReturn: Double {
    let (rung, ladder) = (account.rung, account.ladder)
    guard ladder.extraFrames(on: rung) == 0 else {
      // The same work for fewer frames.
      return Double(account.chosenFrames + ladder.extraFrames(on: rung))
        / Double(account.chosenFrames + ladder.extraFrames(on: rung - 1))
    }
    return Double(ladder.passes(on: rung - 1)) / Double(ladder.passes(on: rung))
  }
}
