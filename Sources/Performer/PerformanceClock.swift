// PerformanceClock: what time it is for deadlines and for what a block costs.
// Tests turn its hand themselves, so that a slow machine can be had without one.
import CRealtime
import Synchronization

/// The machine's monotonic clock, or a hand that somebody moves.
package struct PerformanceClock: BitwiseCopyable, @unchecked Sendable {
  private let hand: UnsafeMutablePointer<Atomic<Int64>>?

  /// - Parameter hand: where the time (nanoseconds) stands; must outlive the clock. nil: the machine's clock.
  package init(hand: UnsafeMutablePointer<Atomic<Int64>>? = nil) { self.hand = hand }

  /// Nanoseconds from some moment on.
  package var now: Int64 {
    @_noLocks @_noAllocation get {
      guard let hand else { return fp_now() }
      return hand.pointee.load(ordering: .acquiring)
    }
  }
}
