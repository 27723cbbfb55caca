// WorkerPool: some threads that take numbered pieces of work in order. Which thread does which piece decides nothing.
import Foundation
import Kernels
import Tensors

/// Threads that wait for work.
package final class WorkerPool: @unchecked Sendable {
  private let condition = NSCondition()
  private var work: (@Sendable (Int) -> Void)?
  private var next = 0, finished = 0, count = 0
  private var isClosed = false

  package init(threads: Int) {
    for index in 0..<max(1, threads) {
      let thread = Thread { [self] in serve() }
      thread.name = "worker-\(index)"
      // The record of a deep network is freed recursively.
      thread.stackSize = 64 << 20
      thread.start()
    }
  }

  /// Does `work(0)` … `work(count − 1)`, begun in this order; returns when all of it is done. On an engine all of it is
  /// done by the calling thread: the engine has threads of its own.
  package func run(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    if Engine.current != nil { return (0..<count).forEach(work) }
    condition.withLock {
      (self.work, self.count, next, finished) = (work, count, 0, 0)
      condition.broadcast()
      while finished < count { condition.wait() }
      self.work = nil
    }
  }

  /// Lets the threads go.
  package func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  private func serve() {
    fp_flush_subnormals()
    condition.lock()
    while !isClosed {
      guard let work, next < count else {
        condition.wait()
        continue
      }
      let index = next
      next += 1
      condition.unlock()
      work(index)
      condition.lock()
      finished += 1
      if finished == count { condition.broadcast() }
    }
    condition.unlock()
  }
}
