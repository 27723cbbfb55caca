// SampleRing: the audio on its way to the audio thread, addressed by how many samples were ever written.
// The reader may be ahead of the writer: what it no longer wants is dropped as it arrives.
import Synchronization

/// A position in a stream that restarts: 20 bits of epoch, 44 bits of samples (two years at 192 kHz).
struct EpochPosition: BitwiseCopyable, Sendable, Equatable {
  let packed: UInt64

  @_noLocks @_noAllocation
  init(packed: UInt64) { self.packed = packed }

  @_noLocks @_noAllocation
  init(epoch: UInt32, position: Int64) {
    packed = UInt64(epoch & 0xF_FFFF) &<< 44 | UInt64(truncatingIfNeeded: position) & 0xFFF_FFFF_FFFF
  }

  var epoch: UInt32 {
    @_noLocks @_noAllocation get { UInt32(truncatingIfNeeded: packed &>> 44) }
  }

  var position: Int64 {
    @_noLocks @_noAllocation get { Int64(truncatingIfNeeded: packed & 0xFFF_FFFF_FFFF) }
  }
}

/// A stream of samples between two threads, made of epochs laid end to end.
struct SampleRing: BitwiseCopyable, @unchecked Sendable {
  /// Samples that fit; a power of two.
  let capacity: Int
  private let samples: UnsafeMutablePointer<Float>
  private let written: UnsafeMutablePointer<Atomic<Int64>>
  private let origin: UnsafeMutablePointer<Atomic<UInt64>>
  private let wanted: UnsafeMutablePointer<Atomic<Int64>>

  /// A ring that holds at least `count` samples.
  init(holding count: Int) {
    var size = 1
    while size < count { size *= 2 }
    capacity = size
    samples = .allocate(capacity: size)
    samples.initialize(repeating: 0, count: size)
    written = .allocate(capacity: 1)
    origin = .allocate(capacity: 1)
    wanted = .allocate(capacity: 1)
    written.initialize(to: Atomic(0))
    origin.initialize(to: Atomic(EpochPosition(epoch: 0, position: 0).packed))
    wanted.initialize(to: Atomic(0))
  }

  func deallocate() {
    written.deinitialize(count: 1)
    origin.deinitialize(count: 1)
    wanted.deinitialize(count: 1)
    samples.deallocate()
    written.deallocate()
    origin.deallocate()
    wanted.deallocate()
  }

  // The writer's end

  /// Lets an epoch begin at the next sample written. The reader wants no more of the one before.
  func begin(epoch: UInt32) {
    let end = max(written.pointee.load(ordering: .relaxed), wanted.pointee.load(ordering: .acquiring))
    written.pointee.store(end, ordering: .relaxed)
    origin.pointee.store(EpochPosition(epoch: epoch, position: end).packed, ordering: .releasing)
  }

  /// Samples that fit behind sample `position` of the epoch. What an earlier epoch left is no longer wanted.
  func room(after position: Int64) -> Int {
    let oldest = max(wanted.pointee.load(ordering: .acquiring), start)
    return min(capacity, capacity - Int(start + position - oldest))
  }

  /// How many of the samples to be written next are no longer wanted.
  var lateness: Int64 {
    max(0, wanted.pointee.load(ordering: .acquiring) - written.pointee.load(ordering: .relaxed))
  }

  /// Appends samples, for which there is room.
  func write(_ source: UnsafePointer<Float>, count: Int) {
    let end = written.pointee.load(ordering: .relaxed)
    for index in 0..<count { samples[Int(end &+ Int64(index)) & (capacity - 1)] = source[index] }
    written.pointee.store(end + Int64(count), ordering: .releasing)
  }

  /// Goes on at sample `position` of the epoch; what lies before it and is not written is silent.
  func pass(to position: Int64) {
    let end = start + position
    let from = max(written.pointee.load(ordering: .relaxed), wanted.pointee.load(ordering: .acquiring))
    if from < end { for index in from..<end { samples[Int(index) & (capacity - 1)] = 0 } }
    written.pointee.store(end, ordering: .releasing)
  }

  private var start: Int64 { EpochPosition(packed: origin.pointee.load(ordering: .relaxed)).position }

  // The reader's end

  /// Where the epoch begins in the stream; negative before its writer has begun it.
  @_noLocks @_noAllocation
  func start(of epoch: UInt32) -> Int64 {
    let position = EpochPosition(packed: origin.pointee.load(ordering: .acquiring))
    return position.epoch == epoch ? position.position : -1
  }

  /// The end of what is written.
  var end: Int64 {
    @_noLocks @_noAllocation get { written.pointee.load(ordering: .acquiring) }
  }

  @_noLocks @_noAllocation
  func sample(at position: Int64) -> Float { samples[Int(position) & (capacity &- 1)] }

  /// Declares everything before `position` done with.
  @_noLocks @_noAllocation
  func want(from position: Int64) { wanted.pointee.store(position, ordering: .releasing) }
}
