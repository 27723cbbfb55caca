// A machine with one processor whose time is told by the test: how slow it is, is a matter of arithmetic.
// Whatever a block costs is added to the clock, and the host's cycles that fall into that time run meanwhile.
import Glibc
import Performer
import Score
import Synchronization

/// A sine while a key is down, at a price: so many milliseconds a block, and so many for each pass through a network.
final class CostlyInstrument: BlockInstrument, @unchecked Sendable {
  let sampleRate = 24_000
  let hop = 320
  var base: Double
  var perPass: Double
  /// Lets time pass.
  var spend: (Int64) -> Void = { _ in }
  private(set) var calls: [(settings: PerformanceSettings, frames: Int)] = []
  private let sine = SineInstrument()
  private var isHeld = false

  init(base: Double, perPass: Double) {
    self.base = base
    self.perPass = perPass
  }

  /// The settings of all blocks, each change once.
  var changes: [PerformanceSettings] {
    calls.map(\.settings).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  func forgetCalls() { calls = [] }

  func reset() {
    sine.reset()
    isHeld = false
  }

  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    calls.append((settings, frames))
    let passes = Double(settings.steps) * (settings.guidance == 1 ? 1 : 2) + 1
    spend(Int64(1e6 * (base + perPass * passes)))
    for event in events {
      if event.kind == .noteOn { isHeld = true }
      if event.kind == .allNotesOff { isHeld = false }
    }
    _ = sine.render(frame: frame, frames: frames, events: events, settings: settings, into: audio)
    return isHeld
  }
}

/// Performances on one processor, all in one host.
final class Simulation {
  static let rate = 48_000, cycle = 256
  private let hand: UnsafeMutablePointer<Atomic<Int64>>
  let pool: GeneratorPool
  private(set) var performers: [Performer] = []
  private(set) var outputs: [[Float]] = []
  private var cycles: Int64 = 0
  /// Called before each cycle.
  var beforeCycle: () -> Void = {}

  init() {
    hand = .allocate(capacity: 1)
    hand.initialize(to: Atomic(0))
    pool = GeneratorPool(threads: 0, clock: PerformanceClock(hand: hand))
  }

  deinit {
    for performer in performers { performer.close() }
    hand.deallocate()
  }

  var now: Int64 { hand.pointee.load(ordering: .relaxed) }

  /// Adds a performance, ready to play.
  @discardableResult
  func add(_ instrument: CostlyInstrument, blockFrames: Int = 2) -> Performer {
    instrument.spend = { [unowned self] in elapse(to: now + $0) }
    let handed = Handed(instrument: instrument)
    let performer = Performer(
      hostRate: Double(Simulation.rate), nominalBlock: Simulation.cycle, blockFrames: blockFrames, pool: pool
    ) { _ in handed.instrument }
    performers.append(performer)
    outputs.append([])
    performer.load(voice: "test")
    while performer.status != .ready { if !pool.step() { usleep(100) } }
    return performer
  }

  /// Lets the host and the generator work for so many seconds.
  func run(seconds: Double) {
    let end = now + Int64(seconds * 1e9)
    while now < end { if !pool.step() { elapse(to: min(end, nextCycle)) } }
  }

  private var nextCycle: Int64 { cycles * Int64(Simulation.cycle) * 1_000_000_000 / Int64(Simulation.rate) }

  /// Time passes, and with it the host's cycles.
  private func elapse(to time: Int64) {
    while nextCycle <= time {
      hand.pointee.store(nextCycle, ordering: .relaxed)
      cycles += 1
      beforeCycle()
      for (index, performer) in performers.enumerated() {
        var left = [Float](repeating: .nan, count: Simulation.cycle)
        left.withUnsafeMutableBufferPointer {
          performer.stage.run(left: $0.baseAddress, right: nil, count: $0.count, wait: false)
        }
        outputs[index] += left
      }
    }
    hand.pointee.store(time, ordering: .relaxed)
  }
}
