// What a thread asks of the system: it gets it, or goes on without.
import CRealtime
import Kernels
import Testing

@Suite struct RealtimeTests {
  /// The halves are made by a kernel: what the compiler sees through, it may compute before the flags are set.
  @Test func denormalsAreFlushedAndRestored() {
    let smallest = Float.leastNormalMagnitude
    var half: Float = -1
    let state = fp_flush_denormals()
    fp_affine(1, 0.5, 0, [smallest], &half)
    fp_restore_denormals(state)
    #expect(half == 0)
    fp_affine(1, 0.5, 0, [smallest], &half)
    #expect(half == smallest / 2)
  }

  @Test func waitingEndsAtItsDeadlineOrWhenThereIsNothingToWaitFor() {
    var word: UInt32 = 7
    let now = fp_now()
    fp_wait(&word, 6, -1)
    fp_wait(&word, 7, now + 1_000_000)
    #expect(fp_now() >= now + 1_000_000)
    fp_wake(&word)
  }

  @Test func aThreadWithoutRealTimeIsFollowedToNormal() {
    #expect(fp_priority_below(fp_thread()) == 0)
    #expect(fp_priority_below(-5) == 0)
    #expect(fp_set_priority(0))
  }

  @Test func thereIsAtLeastOneProcessor() { #expect(fp_processors() >= 1) }
}
