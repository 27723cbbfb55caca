// The pool: one set of threads for all that play, which comes with the first and goes with the last.
import CRealtime
import Glibc
import Performer
import Score
import Synchronization
import Testing

@Suite struct PoolTests {
  private func performer(_ pool: GeneratorPool) -> Performer {
    Performer(hostRate: 48_000, nominalBlock: 256, blockFrames: 2, pool: pool) { _ in SineInstrument() }
  }

  @Test func thereIsOnePoolAndItGoesWithTheLast() {
    let first = GeneratorPool.shared()
    #expect(GeneratorPool.shared() === first)
    let pool = GeneratorPool(threads: 3)
    var performers = (0..<2).map { _ in performer(pool) }
    #expect(pool.threadCount == 2, "no more than there is to do")
    performers += (0..<6).map { _ in performer(pool) }
    #expect(pool.threadCount == 3)
    weak var watched: GeneratorPool?
    do {
      let short = GeneratorPool(threads: 2)
      watched = short
      let performer = performer(short)
      performer.load(voice: "a")
      performer.close()
    }
    #expect(watched == nil)
    for performer in performers.shuffled() { performer.close() }
  }

  /// As a host with several process threads has it.
  @Test func manyInstancesOnFourThreadsInAnyOrder() {
    let note = [HostEvent(position: 0, kind: .noteOn, key: 57)]
    let reference = perform(SineInstrument()).drive(note, total: 24_000, sizes: [256])
    let pool = GeneratorPool(threads: 2)
    let performers = (0..<32).map { _ in performer(pool) }
    let equal = Atomic<Int>(0)
    let hosts = (0..<4).compactMap { host in
      let own = Owned(performers: Array(performers[(8 * host)..<(8 * host + 8)]))
      return BackgroundThread(name: "host \(host)") {
        var random = Chance(seed: UInt64(host))
        for performer in own.performers { performer.load(voice: "a") }
        for performer in own.performers {
          if performer.drive(note, total: 24_000, sizes: [256]) == reference { equal.add(1, ordering: .relaxed) }
        }
        // Live, all of them at once, some already gone.
        for (index, performer) in own.performers.shuffled(using: &random).enumerated() {
          _ = performer.drive([], total: 2560 * index, sizes: [64, 500], wait: false)
          performer.close()
        }
      }
    }
    for host in hosts { host.join() }
    #expect(hosts.count == 4 && equal.load(ordering: .relaxed) == 32)
  }

  private struct Owned: @unchecked Sendable { let performers: [Performer] }

  @Test func performancesComeAndGoOnAllThreads() {
    let sounding = Atomic<Int>(0)
    let hosts = (0..<4).compactMap { host in
      BackgroundThread(name: "host \(host)") {
        var random = Chance(seed: UInt64(host))
        for _ in 0..<8 {
          // The process's pool begins and ends among them.
          let performer = perform(SineInstrument())
          let length = Int.random(in: 0...12_000, using: &random)
          let output = performer.drive(
            [HostEvent(position: 0, kind: .noteOn, key: 57)], total: length, sizes: [256], wait: true)
          if output.contains(where: { $0 != 0 }) == (length > 4000) { sounding.add(1, ordering: .relaxed) }
          performer.stage.reset()
          performer.close()
        }
      }
    }
    for host in hosts { host.join() }
    #expect(sounding.load(ordering: .relaxed) > 20)
  }

  /// Below an audio thread with a real-time priority, where the system permits it; else it says that it does not.
  @Test func theThreadsRunJustBelowTheAudioThread() {
    let pool = GeneratorPool(threads: 1)
    let performer = performer(pool)
    performer.load(voice: "a")
    _ = performer.drive([HostEvent(position: 0, kind: .noteOn)], total: 4800, sizes: [256])
    #expect(performer.priority == .normal)
    let own = Owned(performers: [performer])
    let permitted = Atomic<Bool>(false)
    let audio = BackgroundThread(name: "audio") {
      permitted.store(fp_set_priority(20), ordering: .relaxed)
      own.performers[0].stage.reset()
      _ = own.performers[0].drive([HostEvent(position: 0, kind: .noteOn)], total: 9600, sizes: [256])
    }
    audio?.join()
    let isPermitted = permitted.load(ordering: .relaxed)
    #expect(performer.priority == (isPermitted ? .realtime(19) : .normal))
    performer.close()
  }

  /// What loads and prepares must not stand in the way of what plays.
  @Test func aThreadHasNoPriorityUntilItAsksWhoeverStartsIt() {
    let policy = Atomic<Int32>(-1)
    let audio = BackgroundThread(name: "audio") {
      _ = fp_set_priority(20)
      let loader = BackgroundThread(name: "loader") { policy.store(sched_getscheduler(0), ordering: .relaxed) }
      loader?.join()
    }
    audio?.join()
    #expect(policy.load(ordering: .relaxed) == SCHED_OTHER)
  }
}
