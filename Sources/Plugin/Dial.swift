// Dial: a number that any thread sets and any thread reads, the audio thread among them, and nobody waits.
// It is counted how often it was set, so that whoever tells others of it knows what they know.
import Synchronization

/// Memory for a number within a range, shared by plain copies of this value until `deallocate`.
struct Dial: BitwiseCopyable {
  private let lowest: Double, highest: Double
  private let bits: UnsafeMutablePointer<Atomic<UInt64>>
  private let editions: UnsafeMutablePointer<Atomic<Int>>

  init(_ lowest: Double, _ highest: Double, initially value: Double) {
    self.lowest = lowest
    self.highest = highest
    bits = .allocate(capacity: 1)
    bits.initialize(to: Atomic(value.bitPattern))
    editions = .allocate(capacity: 1)
    editions.initialize(to: Atomic(0))
  }

  func deallocate() {
    bits.deinitialize(count: 1).deallocate()
    editions.deinitialize(count: 1).deallocate()
  }

  var value: Double { @_noLocks @_noAllocation get { Double(bitPattern: bits.pointee.load(ordering: .acquiring)) } }

  /// Grows by one whenever it is set: after the value, so that whoever reads it before the value has no older one.
  var edition: Int { @_noLocks @_noAllocation get { editions.pointee.load(ordering: .acquiring) } }

  /// - Parameter number: finite; outside the range, the nearer end counts.
  @_noLocks @_noAllocation
  func set(_ number: Double) {
    let safe = number < lowest ? lowest : (number > highest ? highest : number)
    bits.pointee.store(safe.bitPattern, ordering: .releasing)
    editions.pointee.wrappingAdd(1, ordering: .releasing)
  }
}
