// AtomReader: events and objects in a host's buffer, read without believing any size in it.
// Whatever does not fit into what encloses it ends the reading.
import CLV2

/// A value: its type, and its bytes.
struct AtomValue: BitwiseCopyable {
  let type: LV2_URID
  let bytes: UnsafeRawBufferPointer

  /// The number of an atom:URID or atom:Int.
  var number: UInt32? {
    @_noLocks @_noAllocation get { bytes.count >= 4 ? bytes.baseAddress?.loadUnaligned(as: UInt32.self) : nil }
  }
}

/// An event of a sequence.
struct AtomEvent: BitwiseCopyable {
  let time: Int64
  let value: AtomValue
}

/// Walks through a sequence.
struct SequenceReader: BitwiseCopyable {
  private var cursor: UnsafeRawPointer
  private var remaining: Int

  /// Nil where there is no sequence.
  @_noLocks @_noAllocation
  init?(_ port: UnsafeRawPointer?, sequence: LV2_URID) {
    // An atom's head (size, type), then the sequence's (unit, padding), then events.
    guard let port, port.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == sequence else { return nil }
    let size = Int(port.loadUnaligned(as: UInt32.self))
    guard size >= 8 else { return nil }
    cursor = port + 16
    remaining = size - 8
  }

  @_noLocks @_noAllocation
  mutating func next() -> AtomEvent? {
    guard remaining >= 16 else { return nil }
    let time = cursor.loadUnaligned(as: Int64.self)
    let size = Int(cursor.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    let type = cursor.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
    guard size <= remaining - 16 else { return nil }
    let event = AtomEvent(
      time: time, value: AtomValue(type: type, bytes: UnsafeRawBufferPointer(start: cursor + 16, count: size)))
    let length = 16 + (size + 7) & ~7
    // The last event may leave out its padding.
    if length >= remaining {
      remaining = 0
    } else {
      cursor += length
      remaining -= length
    }
    return event
  }
}

/// Walks through the properties of an object.
struct ObjectReader: BitwiseCopyable {
  /// What kind of object it is.
  let kind: LV2_URID
  private var cursor: UnsafeRawPointer
  private var remaining: Int

  /// Nil where the value is too short for an object.
  @_noLocks @_noAllocation
  init?(_ value: AtomValue) {
    guard value.bytes.count >= 8, let base = value.bytes.baseAddress else { return nil }
    kind = base.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    cursor = base + 8
    remaining = value.bytes.count - 8
  }

  @_noLocks @_noAllocation
  mutating func next() -> (key: LV2_URID, value: AtomValue)? {
    guard remaining >= 16 else { return nil }
    let key = cursor.loadUnaligned(as: UInt32.self)
    let size = Int(cursor.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    let type = cursor.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
    guard size <= remaining - 16 else { return nil }
    let value = AtomValue(type: type, bytes: UnsafeRawBufferPointer(start: cursor + 16, count: size))
    let length = 16 + (size + 7) & ~7
    if length >= remaining {
      remaining = 0
    } else {
      cursor += length
      remaining -= length
    }
    return (key, value)
  }
}
