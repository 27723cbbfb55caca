// Signal: a word that threads raise and others sleep on.
// Raising it is all that the audio thread ever does to wake somebody.
import CRealtime
import Synchronization

/// A counter on which threads sleep. Read it, look for work, and if there is none wait for it to differ.
package struct Signal: BitwiseCopyable, @unchecked Sendable {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>

  package init() {
    word = .allocate(capacity: 1)
    word.initialize(to: Atomic(0))
  }

  package func deallocate() {
    word.deinitialize(count: 1)
    word.deallocate()
  }

  package var value: UInt32 {
    @_noLocks @_noAllocation get { word.pointee.load(ordering: .acquiring) }
  }

  /// Tells a waiting thread to look again.
  @_noLocks @_noAllocation
  package func raise() {
    word.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    fp_wake(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self))
  }

  /// Tells all waiting threads to look again. Not for the audio thread.
  package func raiseForAll() {
    word.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    fp_wake_all(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self))
  }

  /// Sleeps while the value is still `seen`, at most until `deadline` on the clock of `fp_now` (negative: no limit).
  @_noLocks @_noAllocation
  package func wait(while seen: UInt32, until deadline: Int64 = -1) {
    fp_wait(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self), seen, deadline)
  }
}
