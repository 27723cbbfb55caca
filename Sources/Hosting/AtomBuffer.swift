// AtomBuffer: a sequence of events in memory, as a host fills it for a plugin and reads it afterwards.
import CLV2

/// Memory for one atom port.
public final class AtomBuffer {
  /// An event that was found in the buffer: its time, type, and body.
  public struct Event: Equatable {
    public let time: Int64
    public let type: LV2_URID
    public let body: [UInt8]
  }

  public let base: UnsafeMutableRawPointer
  public let capacity: Int
  private let sequence: LV2_URID

  /// - Parameter capacity: bytes, the heads included.
  public init(capacity: Int, sequence: LV2_URID) {
    self.capacity = capacity
    self.sequence = sequence
    base = .allocate(byteCount: capacity, alignment: 8)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    clear()
  }

  deinit { base.deallocate() }

  /// An empty sequence.
  public func clear() {
    base.storeBytes(of: 8, as: UInt32.self)
    base.storeBytes(of: sequence, toByteOffset: 4, as: UInt32.self)
    base.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
  }

  /// As an output: only the room that there is.
  public func offer(room: Int? = nil) { base.storeBytes(of: UInt32(room ?? capacity - 8), as: UInt32.self) }

  /// Appends an event; false if it does not fit.
  @discardableResult
  public func append(time: Int64, type: LV2_URID, body: [UInt8]) -> Bool {
    let size = Int(base.load(as: UInt32.self))
    let start = 8 + (size + 7) & ~7
    guard start + 16 + body.count <= capacity else { return false }
    base.storeBytes(of: time, toByteOffset: start, as: Int64.self)
    base.storeBytes(of: UInt32(body.count), toByteOffset: start + 8, as: UInt32.self)
    base.storeBytes(of: type, toByteOffset: start + 12, as: UInt32.self)
    body.withUnsafeBytes {
      (base + start + 16).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
    }
    base.storeBytes(of: UInt32(start + 16 + body.count - 8), as: UInt32.self)
    return true
  }

  /// What is in the buffer.
  public var events: [Event] {
    guard base.load(fromByteOffset: 4, as: UInt32.self) == sequence else { return [] }
    let end = min(capacity, 8 + Int(base.load(as: UInt32.self)))
    var events: [Event] = []
    var start = 16
    while start + 16 <= end {
      let size = Int(base.load(fromByteOffset: start + 8, as: UInt32.self))
      guard start + 16 + size <= end else { break }
      events.append(
        Event(
          time: base.load(fromByteOffset: start, as: Int64.self),
          type: base.load(fromByteOffset: start + 12, as: UInt32.self),
          body: Array(UnsafeRawBufferPointer(start: base + start + 16, count: size))))
      start += 16 + (size + 7) & ~7
    }
    return events
  }
}
