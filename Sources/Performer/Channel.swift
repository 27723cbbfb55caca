// Channel: all the memory that the audio thread and the generator thread share.
// Each word has one writer; what the two sides keep for themselves lies elsewhere.
import Synchronization

/// What became of the voice that was asked for last.
public enum VoiceStatus: UInt8, Sendable, BitwiseCopyable {
  case none, loading, ready, failed
}

/// Numbers that tell how a performance goes, since the performer was made.
public struct PerformanceCounters: BitwiseCopyable, Sendable, Equatable {
  /// Blocks that an instrument rendered; silence that was not computed is not among them.
  public var renderedBlocks: Int64 = 0
  /// Blocks that came when a part of them had already been due.
  public var lateBlocks: Int64 = 0
  /// Host samples that were silent because their block was late.
  public var missingSamples: Int64 = 0
  /// Note-ons that found no room.
  public var droppedNotes: Int64 = 0
  /// Samples that were not finite, played as zero.
  public var invalidSamples: Int64 = 0
  /// The share of real time that rendering takes: a mean over about the last 16 blocks.
  public var busyShare: Float = 0
}

/// The words written by the audio thread.
struct Requests: ~Copyable {
  let clock = Atomic<UInt64>(EpochPosition(epoch: 0, position: 0).packed)
  let blockFrames: Atomic<Int>
  let waits = Atomic<Bool>(false)
  let thread = Atomic<Int32>(0)
  let missingSamples = Atomic<Int64>(0)
  let droppedNotes = Atomic<Int64>(0)

  init(blockFrames: Int) { self.blockFrames = Atomic(blockFrames) }
}

/// The words written by the generator thread, and the voice's status.
struct Reports: ~Copyable {
  let status = Atomic<UInt8>(VoiceStatus.none.rawValue)
  let closing = Atomic<Bool>(false)
  let renderedBlocks = Atomic<Int64>(0)
  let lateBlocks = Atomic<Int64>(0)
  let invalidSamples = Atomic<Int64>(0)
  let busyShare = Atomic<UInt32>(0)
}

/// The two threads' common memory. The performer makes it and frees it when both have let go.
struct Channel: BitwiseCopyable, @unchecked Sendable {
  let requests: UnsafeMutablePointer<Requests>
  let reports: UnsafeMutablePointer<Reports>
  let messages: MessageRing
  let samples: SampleRing
  /// Raised for the generator thread.
  let work: Signal
  /// Raised for an audio thread that waits.
  let delivery: Signal

  init(blockFrames: Int, ringSamples: Int) {
    requests = .allocate(capacity: 1)
    requests.initialize(to: Requests(blockFrames: blockFrames))
    reports = .allocate(capacity: 1)
    reports.initialize(to: Reports())
    messages = MessageRing()
    samples = SampleRing(holding: ringSamples)
    work = Signal()
    delivery = Signal()
  }

  func deallocate() {
    requests.deinitialize(count: 1)
    requests.deallocate()
    reports.deinitialize(count: 1)
    reports.deallocate()
    messages.deallocate()
    samples.deallocate()
    work.deallocate()
    delivery.deallocate()
  }

  var status: VoiceStatus {
    @_noLocks @_noAllocation get { VoiceStatus(rawValue: reports.pointee.status.load(ordering: .acquiring)) ?? .none }
  }

  func set(_ status: VoiceStatus) { reports.pointee.status.store(status.rawValue, ordering: .releasing) }

  var counters: PerformanceCounters {
    @_noLocks @_noAllocation get {
      PerformanceCounters(
        renderedBlocks: reports.pointee.renderedBlocks.load(ordering: .relaxed),
        lateBlocks: reports.pointee.lateBlocks.load(ordering: .relaxed),
        missingSamples: requests.pointee.missingSamples.load(ordering: .relaxed),
        droppedNotes: requests.pointee.droppedNotes.load(ordering: .relaxed),
        invalidSamples: reports.pointee.invalidSamples.load(ordering: .relaxed),
        busyShare: Float(bitPattern: reports.pointee.busyShare.load(ordering: .relaxed)))
    }
  }
}
