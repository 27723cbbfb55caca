// GeneratorLoop: what the generator thread does, from the performer's first breath to its last.
// It sleeps until a block is complete, renders it, delivers it.
import CRealtime
import Score
import Synchronization

/// The generator thread's own state.
final class GeneratorLoop: @unchecked Sendable {
  private let channel: Channel
  private let loader: VoiceLoader
  private let engine: BlockEngine
  private let timing: Timing
  private let output: UnsafeMutablePointer<Float>
  private var events: [PerformanceEvent] = []
  private var settings = PerformanceSettings()
  /// Settings that came inside the block before: they hold from the next one on.
  private var nextSettings: PerformanceSettings?
  private var epoch: UInt32
  private var clock: EpochPosition
  private var busyShare: Float = 0
  private var followedThread: Int32 = 0

  init(channel: Channel, loader: VoiceLoader, engine: BlockEngine, timing: Timing) {
    self.channel = channel
    self.loader = loader
    self.engine = engine
    self.timing = timing
    output = .allocate(capacity: engine.maximumOutput)
    events.reserveCapacity(MessageRing.capacity)
    epoch = 0
    clock = EpochPosition(epoch: 0, position: 0)
    engine.begin(blockFrames: timing.blockFrames)
  }

  deinit { output.deallocate() }

  /// Runs until the performer closes.
  func run() {
    _ = fp_flush_denormals()
    while true {
      let seen = channel.work.value
      if channel.reports.pointee.closing.load(ordering: .acquiring) { return }
      adoptVoice()
      clock = EpochPosition(packed: channel.requests.pointee.clock.load(ordering: .acquiring))
      if clock.epoch != epoch { begin() }
      if isDue { renderBlock() } else { channel.work.wait(while: seen) }
    }
  }

  private func adoptVoice() {
    switch loader.take() {
    case .opened(let voice):
      engine.install(voice)
      loader.settle(voice == nil ? .none : .ready)
    case .failed: loader.settle(.failed)
    case nil: break
    }
  }

  private func begin() {
    epoch = clock.epoch
    applyNextSettings()
    engine.begin(blockFrames: channel.requests.pointee.blockFrames.load(ordering: .acquiring))
    channel.samples.begin(epoch: epoch)
    channel.delivery.raise()
  }

  /// The next block is complete and there is room for it; a performance that can wait waits for its voice.
  private var isDue: Bool {
    guard timing.codecSample(at: clock.position) >= engine.blockEnd else { return false }
    guard channel.samples.room >= engine.maximumOutput else { return false }
    return !(channel.status == .loading && channel.requests.pointee.waits.load(ordering: .relaxed))
  }

  private func renderBlock() {
    follow(channel.requests.pointee.thread.load(ordering: .relaxed))
    collect()
    let begun = fp_now()
    let rendered = engine.renderedBlocks
    let count = events.withUnsafeBufferPointer { events in
      isHopeless
        ? engine.skip(events: events, into: output) : engine.render(events: events, settings: settings, into: output)
    }
    let late = channel.samples.lateness > 0 && count > 0
    channel.samples.write(output, count: count)
    channel.delivery.raise()
    report(seconds: Float(fp_now() - begun) * 1e-9, rendered: engine.renderedBlocks > rendered, late: late)
  }

  /// More than a second behind: nobody will hear this block, and rendering it would make the next ones late too.
  private var isHopeless: Bool {
    channel.samples.lateness > Int64(timing.hostRate) + timing.hostSamples(frames: Int64(engine.blockFrames))
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

  private func follow(_ thread: Int32) {
    guard thread != followedThread else { return }
    followedThread = thread
    _ = fp_follow_priority(thread)
  }

  private func report(seconds: Float, rendered: Bool, late: Bool) {
    let reports = channel.reports
    let share = seconds * Float(CodecClock.rate) / Float(engine.blockFrames * CodecClock.hop)
    busyShare += (share - busyShare) / 16
    reports.pointee.busyShare.store(busyShare.bitPattern, ordering: .relaxed)
    reports.pointee.invalidSamples.store(engine.invalidSamples, ordering: .relaxed)
    if rendered { reports.pointee.renderedBlocks.wrappingAdd(1, ordering: .relaxed) }
    if late { reports.pointee.lateBlocks.wrappingAdd(1, ordering: .relaxed) }
  }
}
