// AtomWriter: events for the host, written into its buffer, each whole or not at all.
// The buffer may have room for nothing.
import CLV2

/// Writes a sequence of objects.
struct AtomWriter: BitwiseCopyable {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  private var count: Int
  /// Where the object being written began, and whether it fits so far.
  private var start = 0
  private var fits = true

  /// An empty sequence at `port`, whose atom says how much room its body has. Nil where there is none even for that.
  @_noLocks @_noAllocation
  init?(_ port: UnsafeMutableRawPointer?, sequence: LV2_URID) {
    guard let port else { return nil }
    let room = Int(port.loadUnaligned(as: UInt32.self))
    guard room >= 8 else { return nil }
    base = port
    capacity = room + 8
    count = 16
    put(8, at: 0)
    put(sequence, at: 4)
    put(0, at: 8)
    put(0, at: 12)
  }

  /// Begins an object of a kind, at the first sample of the buffer.
  @_noLocks @_noAllocation
  mutating func begin(_ kind: LV2_URID, object: LV2_URID) {
    start = count
    fits = true
    guard let at = reserve(24) else { return }
    put(0, at: at)
    put(0, at: at + 4)
    put(object, at: at + 12)
    put(0, at: at + 16)
    put(kind, at: at + 20)
  }

  /// A property whose value is a number.
  @_noLocks @_noAllocation
  mutating func property(_ key: LV2_URID, type: LV2_URID, number: UInt32) {
    guard let at = property(key, type: type, size: 4) else { return }
    put(number, at: at)
  }

  @_noLocks @_noAllocation
  mutating func property(_ key: LV2_URID, type: LV2_URID, number: Double) {
    guard let at = property(key, type: type, size: 8) else { return }
    base.storeBytes(of: number, toByteOffset: at, as: Double.self)
  }

  /// A property whose value is the text on a board, terminated. Returns the text's edition.
  @_noLocks @_noAllocation
  mutating func property(_ key: LV2_URID, type: LV2_URID, text board: Billboard) -> Int? {
    // Room for the head, one byte, and the padding.
    let room = capacity - count - 16 - 8
    guard fits, room > 0 else {
      fits = false
      return nil
    }
    let bytes = (base + count + 16).assumingMemoryBound(to: UInt8.self)
    guard let (edition, length) = board.read(into: bytes, room: room), length < room || length == Billboard.capacity,
      property(key, type: type, size: length + 1, clearing: false) != nil
    else {
      fits = false
      return nil
    }
    // The terminator and the padding.
    (bytes + length).update(repeating: 0, count: base + count - UnsafeMutableRawPointer(bytes + length))
    return edition
  }

  /// Ends the object. False if there was no room for it: then the sequence is as it was before.
  @_noLocks @_noAllocation
  mutating func end() -> Bool {
    guard fits else {
      count = start
      return false
    }
    put(UInt32(count - start - 16), at: start + 8)
    put(UInt32(count - 8), at: 0)
    return true
  }

  @_noLocks @_noAllocation
  private mutating func property(_ key: LV2_URID, type: LV2_URID, size: Int, clearing: Bool = true) -> Int? {
    guard let at = reserve(16 + (size + 7) & ~7) else { return nil }
    put(key, at: at)
    put(0, at: at + 4)
    put(UInt32(size), at: at + 8)
    put(type, at: at + 12)
    // The padding after a value is zero.
    if clearing, size & 7 != 0 {
      (base + at + 16 + size).initializeMemory(as: UInt8.self, repeating: 0, count: 8 - size & 7)
    }
    return at + 16
  }

  @_noLocks @_noAllocation
  private mutating func reserve(_ size: Int) -> Int? {
    guard fits, size <= capacity - count else {
      fits = false
      return nil
    }
    let at = count
    count += size
    return at
  }

  @_noLocks @_noAllocation
  private func put(_ value: UInt32, at offset: Int) {
    base.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
  }
}
