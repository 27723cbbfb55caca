// Channel: all the memory that the audio thread and the generator share.
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
  /// When the epoch's first sample is due, on the performance's clock; for who waits, since when.
  let due = Atomic<Int64>(0)
  /// Frames of a block, as blocks are and as they were set.
  let blockFrames: Atomic<Int>
  let chosenFrames: Atomic<Int>
  let waits = Atomic<Bool>(false)
  let thread = Atomic<Int32>(0)
  let missingSamples = Atomic<Int64>(0)
  let droppedNotes = Atomic<Int64>(0)

  init(blockFrames: Int) {
    self.blockFrames = Atomic(blockFrames)
    chosenFrames = Atomic(blockFrames)
  }
}

/// The words written by the generator, and the voice's status.
struct Reports: ~Copyable {
  let status = Atomic<UInt8>(VoiceStatus.none.rawValue)
  /// How often it became known what became of a voice.
  let settled = Atomic<UInt32>(0)
  /// At rest, how many messages had been taken by then: with no further one all is silence. Negative: awake.
  let resting = Atomic<Int>(-1)
  let economy = Atomic<UInt32>(0)
  /// As `GeneratorPriority` numbers them.
  let priority = Atomic<Int32>(GeneratorPriority.none)
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
  /// Raised for the generator's threads, which are others' too.
  let work: Signal
  /// Raised for an audio thread that waits.
  let delivery: Signal

  init(blockFrames: Int, ringSamples: Int, work: Signal) {
    requests = .allocate(capacity: 1)
    requests.initialize(to: Requests(blockFrames: blockFrames))
    reports = .allocate(capacity: 1)
    reports.initialize(to: Reports())
    messages = MessageRing()
    samples = SampleRing(holding: ringSamples)
    self.work = work
    delivery = Signal()
  }

  func deallocate() {
    requests.deinitialize(count: 1)
    requests.deallocate()
    reports.deinitialize(count: 1)
    reports.deallocate()
    messages.deallocate()
    samples.deallocate()
    delivery.deallocate()
  }

  var status: VoiceStatus {
    @_noLocks @_noAllocation get { VoiceStatus(rawValue: reports.pointee.status.load(ordering: .acquiring)) ?? .none }
  }

  /// A voice is on its way.
  var isLoading: Bool {
    @_noLocks @_noAllocation get {
      if case .loading = status { return true }
      return false
    }
  }

  func set(_ status: VoiceStatus) { reports.pointee.status.store(status.rawValue, ordering: .releasing) }

  var economy: PerformanceEconomy {
    @_noLocks @_noAllocation get {
      PerformanceEconomy(packed: reports.pointee.economy.load(ordering: .relaxed))
    }
  }

  /// Frames that a block is to have: as it was set, and live as the machine has time for.
  @_noLocks @_noAllocation
  func wantedFrames(live: Bool) -> Int {
    min(requests.pointee.chosenFrames.load(ordering: .relaxed) &+ (live ? economy.extraFrames : 0), 75)
  }

  /// Blocks are to have another size when there is a pause.
  var isBlockSizeWaiting: Bool {
    @_noLocks @_noAllocation get {
      wantedFrames(live: true) != requests.pointee.blockFrames.load(ordering: .relaxed)
    }
  }

  /// The generator rests, and nothing was said since it lay down.
  var isSilent: Bool {
    @_noLocks @_noAllocation get { reports.pointee.resting.load(ordering: .acquiring) == messages.pushed }
  }

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
