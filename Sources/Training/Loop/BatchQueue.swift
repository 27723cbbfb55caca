// BatchQueue: the shards of coming steps, made by a thread of its own while the present step is computed.
import Foundation

/// A bounded queue of batches, in the order of steps.
final class BatchQueue<Shard: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var ready: [Result<[Shard], any Error>] = []
  private var isClosed = false

  /// - Parameters:
  ///   - steps: those to prepare.
  ///   - ahead: how many batches may lie ready.
  ///   - make: makes the batch of a step.
  init(steps: ClosedRange<Int>, ahead: Int = 2, make: @escaping @Sendable (Int) throws -> [Shard]) {
    let thread = Thread { [self] in
      for step in steps {
        let batch = Result { try make(step) }
        condition.lock()
        while ready.count >= ahead && !isClosed { condition.wait() }
        ready.append(batch)
        condition.broadcast()
        let isOver = isClosed
        condition.unlock()
        if isOver { return }
        if case .failure = batch { return }
      }
    }
    thread.name = "batches"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The next step's batch; waits for it.
  func next() throws -> [Shard] {
    condition.lock()
    while ready.isEmpty { condition.wait() }
    let batch = ready.removeFirst()
    condition.broadcast()
    condition.unlock()
    return try batch.get()
  }

  /// Stops making batches.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
