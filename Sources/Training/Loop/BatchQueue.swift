// BatchQueue: the material of coming steps, made by threads of its own while the present step is computed.
// Whichever thread makes a group, what is in it follows from its number alone, and groups are handed out in order.
import Foundation

/// A bounded queue of groups of shards, in the order of their numbers.
final class BatchQueue<Shard: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var made: [Int: Result<[Shard], any Error>] = [:]
  /// The group to be made next, and the one to be handed out next.
  private var coming: Int, wanted: Int
  private var isClosed = false

  /// - Parameters:
  ///   - groups: the numbers of those to prepare.
  ///   - threads: how many are made at once.
  ///   - ahead: how many may lie ready or be in the making.
  ///   - make: makes a group.
  init(groups: Range<Int>, threads: Int, ahead: Int, make: @escaping @Sendable (Int) throws -> [Shard]) {
    precondition(threads >= 1 && ahead >= 1, "\(threads) threads, \(ahead) groups ahead")
    coming = groups.lowerBound
    wanted = groups.lowerBound
    for index in 0..<threads {
      let thread = Thread { [self] in
        while let group = take(groups, ahead) {
          let result = Result { try make(group) }
          condition.withLock {
            made[group] = result
            if case .failure = result { coming = groups.upperBound }
            condition.broadcast()
          }
        }
      }
      thread.name = "batches-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// The number of a group that nobody makes yet; nil when there is nothing left to make.
  private func take(_ groups: Range<Int>, _ ahead: Int) -> Int? {
    condition.withLock {
      while !isClosed, coming < groups.upperBound, coming - wanted >= ahead { condition.wait() }
      guard !isClosed, coming < groups.upperBound else { return nil }
      coming += 1
      return coming - 1
    }
  }

  /// The next group, and how many seconds it had to be waited for.
  func next() throws -> (shards: [Shard], waited: Double) {
    let begin = ProcessInfo.processInfo.systemUptime
    let group = condition.withLock {
      while made[wanted] == nil { condition.wait() }
      wanted += 1
      condition.broadcast()
      return made.removeValue(forKey: wanted - 1)!
    }
    return (try group.get(), ProcessInfo.processInfo.systemUptime - begin)
  }

  /// Stops making groups.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
