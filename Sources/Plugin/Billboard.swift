// Billboard: a text that any thread puts up and any thread reads, the audio thread among them, and nobody waits.
// Texts go up on a free slot and are then announced; a slot that is being read or written is left alone.
import Glibc
import Synchronization

/// Memory for the text last put up, shared by plain copies of this value until `deallocate`.
struct Billboard: BitwiseCopyable {
  /// Bytes that a text may have.
  static var capacity: Int { @_noLocks @_noAllocation get { 4095 } }
  private static var slots: Int { 8 }
  /// Tries before the audio thread does something else; there are never that many threads.
  private static var patience: Int { 64 }

  private let text: UnsafeMutablePointer<UInt8>
  private let lengths: UnsafeMutablePointer<Int>
  /// A slot's readers, or −1 while it is written.
  private let claims: UnsafeMutablePointer<Atomic<Int>>
  /// The edition, times `slots`, plus the slot that it is on.
  private let shown: UnsafeMutablePointer<Atomic<Int>>

  /// Edition 0 is empty.
  init() {
    text = .allocate(capacity: Self.slots * Self.capacity)
    text.initialize(repeating: 0, count: Self.slots * Self.capacity)
    lengths = .allocate(capacity: Self.slots)
    lengths.initialize(repeating: 0, count: Self.slots)
    claims = .allocate(capacity: Self.slots)
    for slot in 0..<Self.slots { (claims + slot).initialize(to: Atomic(0)) }
    shown = .allocate(capacity: 1)
    shown.initialize(to: Atomic(0))
  }

  func deallocate() {
    text.deallocate()
    lengths.deallocate()
    claims.deinitialize(count: Self.slots).deallocate()
    shown.deinitialize(count: 1).deallocate()
  }

  /// Grows by one with every text.
  var edition: Int {
    @_noLocks @_noAllocation get { shown.pointee.load(ordering: .sequentiallyConsistent) / Self.slots }
  }

  /// Whether the text that was put up last says nothing.
  var isEmpty: Bool {
    @_noLocks @_noAllocation get { lengths[shown.pointee.load(ordering: .sequentiallyConsistent) % Self.slots] == 0 }
  }

  /// Puts up a text. False, and nothing happens, if it is too long or every slot is busy.
  @_noLocks @_noAllocation
  func post(_ bytes: UnsafePointer<UInt8>?, count: Int) -> Bool {
    guard count <= Self.capacity else { return false }
    for slot in 0..<Self.slots {
      if slot == shown.pointee.load(ordering: .sequentiallyConsistent) % Self.slots { continue }
      guard claims[slot].compareExchange(expected: 0, desired: -1, ordering: .sequentiallyConsistent).exchanged else {
        continue
      }
      if let bytes { UnsafeMutableRawPointer(text + slot * Self.capacity).copyMemory(from: bytes, byteCount: count) }
      lengths[slot] = count
      var old = shown.pointee.load(ordering: .sequentiallyConsistent)
      while true {
        let new = (old / Self.slots + 1) * Self.slots + slot
        let (exchanged, found) = shown.pointee.compareExchange(
          expected: old, desired: new, ordering: .sequentiallyConsistent)
        if exchanged { break }
        old = found
      }
      claims[slot].store(0, ordering: .sequentiallyConsistent)
      return true
    }
    return false
  }

  /// Copies the text, at most `room` bytes of it. Nil in the rare case that others were at it all the time.
  @_noLocks @_noAllocation
  func read(into buffer: UnsafeMutablePointer<UInt8>, room: Int) -> (edition: Int, count: Int)? {
    for _ in 0..<Self.patience {
      let now = shown.pointee.load(ordering: .sequentiallyConsistent)
      let slot = now % Self.slots
      let readers = claims[slot].load(ordering: .sequentiallyConsistent)
      guard readers >= 0,
        claims[slot].compareExchange(expected: readers, desired: readers + 1, ordering: .sequentiallyConsistent)
          .exchanged
      else { continue }
      let isCurrent = shown.pointee.load(ordering: .sequentiallyConsistent) == now
      var count = 0
      if isCurrent {
        count = lengths[slot] < room ? lengths[slot] : room
        UnsafeMutableRawPointer(buffer).copyMemory(from: text + slot * Self.capacity, byteCount: count)
      }
      claims[slot].subtract(1, ordering: .sequentiallyConsistent)
      if isCurrent { return (now / Self.slots, count) }
    }
    return nil
  }
}

/// For the threads that may allocate.
extension Billboard {
  func post(_ string: String) -> Bool {
    let bytes = Array(string.utf8.prefix(Self.capacity))
    return bytes.withUnsafeBufferPointer { post($0.baseAddress, count: $0.count) }
  }

  /// The edition and its text.
  func read() -> (edition: Int, text: String) {
    var bytes = [UInt8](repeating: 0, count: Self.capacity)
    while true {
      if let (edition, count) = bytes.withUnsafeMutableBufferPointer({ read(into: $0.baseAddress!, room: $0.count) }) {
        return (edition, String(decoding: bytes[..<count], as: UTF8.self))
      }
      sched_yield()
    }
  }
}
