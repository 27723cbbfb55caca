// Performer: notes in, sound out, for one plugin instance or player: its work for the generator and the stage before it.
// It knows no host. Everything it shares with the audio thread is made here, once.
import Resampling
import Score

/// Opens what is asked for.
public typealias VoiceOpener = @Sendable (VoiceRequest) throws -> any BlockInstrument

/// A live performance of a voice.
///
/// Make it, keep it and close it on any thread but the audio thread; that one is given the `stage`.
public final class Performer {
  /// The largest block, in codec frames: a second.
  public static let maximumBlockFrames = 75

  /// The audio thread's end. Valid until `close`.
  public let stage: Stage
  private let channel: Channel
  private let loader: VoiceLoader
  private let task: GeneratorTask
  /// Kept while the performance is open: the last one ends the threads.
  private var pool: GeneratorPool?
  private let hasThread: Bool
  private var isOpen = true

  /// Starts a performance without a voice: silence.
  ///
  /// - Parameters:
  ///   - hostRate: samples a second, rounded to whole ones, 8,000…768,000; what is not a number counts as 48,000.
  ///   - nominalBlock: host samples in the usual cycle. Longer cycles work; live they may come late.
  ///   - blockFrames: codec frames a block, 1…75.
  ///   - open: opens what is asked for. Called on a thread of its own.
  public convenience init(
    hostRate: Double, nominalBlock: Int, blockFrames: Int, open: @escaping VoiceOpener
  ) {
    self.init(hostRate: hostRate, nominalBlock: nominalBlock, blockFrames: blockFrames, pool: .shared(), open: open)
  }

  /// On threads, and with a clock, of the caller's.
  package init(
    hostRate: Double, nominalBlock: Int, blockFrames: Int, pool: GeneratorPool, open: @escaping VoiceOpener
  ) {
    let rate = hostRate.isFinite ? Int(min(max(hostRate.rounded(), 8000), 768_000)) : 48_000
    let nominalBlock = max(1, min(nominalBlock, 1 << 16))
    func timing(_ frames: Int) -> Timing {
      Timing(
        hostRate: rate, blockFrames: max(1, min(frames, Performer.maximumBlockFrames)), nominalBlock: nominalBlock,
        resamplerDelay: StreamingResampler.delay(from: CodecClock.rate, to: rate))
    }
    let timingNow = timing(blockFrames)
    let longest = timing(Performer.maximumBlockFrames).latency
    channel = Channel(
      blockFrames: timingNow.blockFrames, ringSamples: longest + 2 * nominalBlock + rate, work: pool.work)
    let state = UnsafeMutablePointer<StageState>.allocate(capacity: 1)
    state.initialize(to: StageState(timing: timingNow, nominalBlock: nominalBlock, clock: pool.clock))
    stage = Stage(channel: channel, state: state)
    loader = VoiceLoader(channel: channel, open: open)
    let engine = BlockEngine(hostRate: rate, maximumBlockFrames: Performer.maximumBlockFrames)
    task = GeneratorTask(channel: channel, loader: loader, engine: engine, timing: timingNow, pool: pool)
    hasThread = pool.enter(task)
    self.pool = pool
    if !hasThread { channel.set(.failed) }
  }

  deinit { close() }

  /// Opens a voice and plays it from a block's boundary on; an empty path silences. Returns at once: `status` and `message`
  /// tell how it went. When it fails the old voice plays on. The last call wins.
  public func load(_ request: VoiceRequest) { loader.load(request) }

  /// The same, of a voice that nothing else leads.
  public func load(voice path: String) { loader.load(VoiceRequest(voice: path)) }

  /// What became of the last `load`.
  public var status: VoiceStatus { channel.status }

  /// Why the last `load` failed; empty when it did not. Takes a lock: not for the audio thread.
  public var message: String { hasThread ? loader.message : "no thread to play on" }

  /// What there is to say about the voice that was opened last: words of a prompt that it never heard. Takes a lock.
  public var remark: String { loader.remark }

  /// How the performance goes.
  public var counters: PerformanceCounters { channel.counters }

  /// With what priority the generator's threads run.
  public var priority: GeneratorPriority {
    GeneratorPriority(channel.reports.pointee.priority.load(ordering: .relaxed))
  }

  /// What is given up because the machine is too slow.
  public var economy: PerformanceEconomy { channel.economy }

  /// Blocks are to have another size when there is a pause.
  public var isBlockSizeWaiting: Bool { channel.isBlockSizeWaiting }

  /// Ends the performance and waits for what is being done for it. The stage must not be used any more.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    loader.close()
    pool?.leave(task)
    task.close()
    pool = nil
    stage.state.deallocate()
    channel.deallocate()
  }
}
