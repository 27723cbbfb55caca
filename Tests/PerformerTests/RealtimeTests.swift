// What a thread asks of the system: it gets it, or goes on without.
import CRealtime
import Testing

@Suite struct RealtimeTests {
  @Test func denormalsAreFlushedAndRestored() {
    var smallest: [Float] = [.leastNormalMagnitude, 0.5]
    let state = fp_flush_denormals()
    smallest.append(smallest[0] * smallest[1])
    fp_restore_denormals(state)
    smallest.append(smallest[0] * smallest[1])
    #expect(smallest[2] == 0)
    #expect(smallest[3] > 0)
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
    #expect(fp_follow_priority(fp_thread()))
  }
}
