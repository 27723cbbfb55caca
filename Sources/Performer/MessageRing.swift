// MessageRing: what the audio thread tells the generator thread, in order, in memory that is there from the start.
// One writer, one reader, no locks.
import Score
import Synchronization

/// An event or a change of settings, at a sample of the codec's clock counted from its epoch's start.
struct Message: BitwiseCopyable, Sendable {
  var epoch: UInt32
  var isSettings: Bool
  var kind: PerformanceEvent.Kind
  var key: UInt8
  var value: UInt8
  var place: Int64
  var sample: Int64
  var settings: PerformanceSettings

  /// Without a kind: settings.
  @_noLocks @_noAllocation
  init(
    epoch: UInt32, sample: Int64, kind: PerformanceEvent.Kind?, key: UInt8 = 0, value: UInt8 = 0,
    place: Int64 = 0, settings: PerformanceSettings
  ) {
    self.epoch = epoch
    self.sample = sample
    isSettings = kind == nil
    self.kind = kind ?? .noteOff
    self.key = key
    self.value = value
    self.place = place
    self.settings = settings
  }

  var event: PerformanceEvent {
    PerformanceEvent(sample: sample, kind: kind, key: key, value: value, place: place)
  }
}

/// A queue of messages between two threads.
struct MessageRing: BitwiseCopyable, @unchecked Sendable {
  /// Messages that fit; a power of two.
  static var capacity: Int {
    @_noLocks @_noAllocation get { 4096 }
  }
  /// Places that note-ons leave free, so that what ends notes still fits.
  static var reserve: Int {
    @_noLocks @_noAllocation get { 1024 }
  }

  private let messages: UnsafeMutablePointer<Message>
  private let head: UnsafeMutablePointer<Atomic<Int>>
  private let tail: UnsafeMutablePointer<Atomic<Int>>

  init() {
    messages = .allocate(capacity: MessageRing.capacity)
    head = .allocate(capacity: 1)
    tail = .allocate(capacity: 1)
    head.initialize(to: Atomic(0))
    tail.initialize(to: Atomic(0))
  }

  func deallocate() {
    head.deinitialize(count: 1)
    tail.deinitialize(count: 1)
    messages.deallocate()
    head.deallocate()
    tail.deallocate()
  }

  /// Free places, at least: the writer's view.
  var room: Int {
    @_noLocks @_noAllocation get {
      MessageRing.capacity &- (tail.pointee.load(ordering: .relaxed) &- head.pointee.load(ordering: .acquiring))
    }
  }

  /// Appends; false when the ring is full.
  @_noLocks @_noAllocation
  func push(_ message: Message) -> Bool {
    guard room > 0 else { return false }
    let end = tail.pointee.load(ordering: .relaxed)
    messages[end & (MessageRing.capacity &- 1)] = message
    tail.pointee.store(end &+ 1, ordering: .releasing)
    return true
  }

  /// Messages ever pushed: the writer's view.
  var pushed: Int {
    @_noLocks @_noAllocation get { tail.pointee.load(ordering: .relaxed) }
  }

  /// The codec sample of a message that the reader has not taken: the writer's view.
  @_noLocks @_noAllocation
  func sample(ofMessage number: Int) -> Int64 { messages[number & (MessageRing.capacity &- 1)].sample }

  /// Messages ever taken: the reader's view.
  var taken: Int { head.pointee.load(ordering: .relaxed) }

  /// The oldest message: the reader's view.
  var first: Message? {
    let start = head.pointee.load(ordering: .relaxed)
    guard start != tail.pointee.load(ordering: .acquiring) else { return nil }
    return messages[start & (MessageRing.capacity - 1)]
  }

  /// Forgets the oldest message.
  func dropFirst() {
    head.pointee.store(head.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
  }
}
