// GeneratorTask: what the pool's threads do for one performance: a block that is complete is rendered and delivered.
// When nothing sounds and nothing was said it rests, and is not woken until an event has come.
import CRealtime
import Score
import Synchronization

/// A performance's side of the generator. With one thread at a time.
final class GeneratorTask: DeadlineTask, @unchecked Sendable {
  /// A block for which somebody waits has this much time, in nanoseconds: those that sound live go first.
  private static let leisure: Int64 = 1_000_000_000

  private let channel: Channel
  private let loader: VoiceLoader
  private let engine: BlockEngine
  private let timing: Timing
  private let clock: PerformanceClock
  private let economy: Economy
  private let granted: GrantedPriority
  private let attic: Attic
  private let thrift = Thrift()
  private let output: UnsafeMutablePointer<Float>
  private var events: [PerformanceEvent] = []
  private var settings = PerformanceSettings()
  /// Settings that came inside the block before: they hold from the next one on.
  private var nextSettings: PerformanceSettings?
  private var epoch: UInt32 = 0
  private var isResting = false
  /// So far behind that blocks are passed over until one can be heard again.
  private var isBehind = false
  private var busyShare: Float = 0
  private var followedThread: Int32 = 0
  private let below = Atomic<Int32>(0)
  private let preparation: Preparation

  init(channel: Channel, loader: VoiceLoader, engine: BlockEngine, timing: Timing, pool: GeneratorPool) {
    self.channel = channel
    self.loader = loader
    self.engine = engine
    self.timing = timing
    clock = pool.clock
    economy = pool.economy
    granted = pool.granted
    attic = pool.attic
    preparation = Preparation(isAside: pool.hasThreads, work: channel.work)
    output = .allocate(capacity: engine.maximumOutput)
    events.reserveCapacity(MessageRing.capacity)
    engine.begin(blockFrames: timing.blockFrames)
    economy.enter(thrift)
    rest()
  }

  deinit {
    economy.leave(thrift)
    output.deallocate()
  }

  var priority: Int32 { below.load(ordering: .relaxed) }

  /// Waits for what is done aside; the task is not served any more.
  func close() { preparation.end() }

  func deadline(at now: Int64) -> Int64? {
    if preparation.isUnderWay { return nil }
    if loader.hasOutcome { return now }
    let position = EpochPosition(packed: channel.requests.pointee.clock.load(ordering: .acquiring))
    if position.epoch != epoch { return now }
    guard let block = dueBlock(at: position.position) else { return nil }
    let due = channel.requests.pointee.due.load(ordering: .relaxed)
    let waits = channel.requests.pointee.waits.load(ordering: .relaxed)
    return waits ? due + GeneratorTask.leisure : due + timing.nanoseconds(start(of: block))
  }

  func turn() {
    // The thread has followed the audio thread that was known before this turn.
    if followedThread != 0 {
      channel.reports.pointee.priority.store(granted.number.load(ordering: .relaxed), ordering: .relaxed)
    }
    adoptVoice()
    let position = EpochPosition(packed: channel.requests.pointee.clock.load(ordering: .acquiring))
    if position.epoch != epoch {
      let frames = channel.requests.pointee.blockFrames.load(ordering: .acquiring)
      guard preparation.isDone(engine, frames: frames) else { return }
      begin(position.epoch, frames: frames)
    }
    if let block = dueBlock(at: position.position) {
      if isResting { rise(to: block) }
      renderBlock()
    }
    rest()
    attic.take(&engine.retired)
    show()
  }

  private func adoptVoice() {
    switch loader.take() {
    case .opened(let voice):
      engine.install(voice)
      loader.settle(voice == nil ? .none : .ready)
    case .failed: loader.settle(.failed)
    case nil: return
    }
    // Who waits for the voice may be waiting for silence.
    channel.delivery.raise()
  }

  private func begin(_ new: UInt32, frames: Int) {
    epoch = new
    applyNextSettings()
    isResting = false
    isBehind = false
    channel.reports.pointee.resting.store(-1, ordering: .relaxed)
    engine.begin(blockFrames: frames)
    channel.samples.begin(epoch: epoch)
    channel.delivery.raise()
  }

  // What is due

  /// Host samples of the epoch that lie before a block.
  private func start(of block: Int64) -> Int64 { timing.hostSamples(frames: block * Int64(engine.blockFrames)) }

  /// The next block, or at rest the one of the first message, if it is complete at host sample `position` and there is
  /// room for it. A performance that can wait waits for its voice.
  private func dueBlock(at position: Int64) -> Int64? {
    var block = engine.block
    let length = Int64(engine.blockFrames * CodecClock.hop)
    if isResting {
      guard let message = channel.messages.first else { return nil }
      if message.epoch == epoch { block = max(block, message.sample / length) }
    }
    guard timing.codecSample(at: position) >= (block + 1) * length,
      channel.samples.room(after: start(of: block)) >= engine.maximumOutput
    else { return nil }
    return channel.isLoading && channel.requests.pointee.waits.load(ordering: .relaxed) ? nil : block
  }

  // Rest

  /// Lies down where all is silent and there is nothing left to read.
  private func rest() {
    guard !isResting, channel.messages.first == nil, engine.rest() else { return }
    isResting = true
    economy.rest(thrift)
    busyShare = 0
    channel.reports.pointee.busyShare.store(0, ordering: .relaxed)
    channel.reports.pointee.resting.store(channel.messages.taken, ordering: .releasing)
    // Who waits for blocks learns that there are none to come.
    channel.delivery.raise()
  }

  /// Silence up to `block`, and on with it.
  private func rise(to block: Int64) {
    isResting = false
    engine.pass(to: block)
    channel.samples.pass(to: start(of: block))
    channel.reports.pointee.resting.store(-1, ordering: .releasing)
  }

  // A block

  private func renderBlock() {
    follow(channel.requests.pointee.thread.load(ordering: .relaxed))
    collect()
    let isLive = !channel.requests.pointee.waits.load(ordering: .relaxed)
    let begun = clock.now
    let rendered = engine.renderedBlocks
    let isPassedOver = isLive && isHopeless
    let settings = isLive ? economised : settings
    let count = events.withUnsafeBufferPointer { events in
      isPassedOver
        ? engine.skip(events: events, into: output) : engine.render(events: events, settings: settings, into: output)
    }
    let lateness = channel.samples.lateness
    channel.samples.write(output, count: count)
    channel.delivery.raise()
    let wasRendered = engine.renderedBlocks > rendered
    let ended = clock.now
    report(cost: ended - begun, wasRendered: wasRendered, isLate: lateness > 0)
    guard isLive && (wasRendered || isPassedOver) else { return }
    economy.note(
      thrift, settings: self.settings, chosenFrames: channel.requests.pointee.chosenFrames.load(ordering: .relaxed),
      frames: engine.blockFrames, cost: wasRendered ? ended - begun : nil, span: span, lateness: lateness,
      at: ended)
  }

  /// The settings that the machine has time for.
  private var economised: PerformanceSettings {
    let frames = channel.requests.pointee.chosenFrames.load(ordering: .relaxed)
    return EconomyLadder(settings, frames: frames).settings(settings, on: thrift.rung)
  }

  /// Nanoseconds of a block.
  private var span: Int64 { Int64(engine.blockFrames * CodecClock.hop) * 1_000_000_000 / Int64(CodecClock.rate) }

  /// More than a second behind: nobody will hear this block, and rendering it would make the next ones late too. Nor
  /// will anybody hear those after it, up to the one that is being waited for.
  private var isHopeless: Bool {
    let length = timing.hostSamples(frames: Int64(engine.blockFrames))
    let lateness = channel.samples.lateness
    isBehind = isBehind ? lateness >= length : lateness > Int64(timing.hostRate) + length
    return isBehind
  }

  /// Takes the next block's events from the messages, and the settings that hold at its start.
  private func collect() {
    events.removeAll(keepingCapacity: true)
    applyNextSettings()
    let start = engine.blockEnd - Int64(engine.blockFrames * CodecClock.hop)
    while let message = channel.messages.first {
      if message.epoch == epoch {
        guard message.sample < engine.blockEnd else { return }
        if message.isSettings {
          nextSettings = message.settings
          if message.sample <= start { applyNextSettings() }
        } else {
          events.append(message.event)
        }
      } else {
        // The audio thread is ahead by a reset that this thread has not seen, or has left this behind.
        guard isPast(message.epoch) else { return }
        if message.isSettings { settings = message.settings }
      }
      channel.messages.dropFirst()
    }
  }

  private func applyNextSettings() {
    settings = nextSettings ?? settings
    nextSettings = nil
  }

  private func isPast(_ other: UInt32) -> Bool { (epoch &- other) & 0xF_FFFF < 0x8_0000 }

  // What is told

  private func follow(_ thread: Int32) {
    guard thread != followedThread else { return }
    followedThread = thread
    below.store(fp_priority_below(thread), ordering: .relaxed)
  }

  private func report(cost: Int64, wasRendered: Bool, isLate: Bool) {
    let reports = channel.reports
    busyShare += (Float(cost) / Float(span) - busyShare) / 16
    reports.pointee.busyShare.store(busyShare.bitPattern, ordering: .relaxed)
    reports.pointee.invalidSamples.store(engine.invalidSamples, ordering: .relaxed)
    if wasRendered { reports.pointee.renderedBlocks.wrappingAdd(1, ordering: .relaxed) }
    if isLate { reports.pointee.lateBlocks.wrappingAdd(1, ordering: .relaxed) }
  }

  private func show() { channel.reports.pointee.economy.store(thrift.report.packed, ordering: .relaxed) }
}
