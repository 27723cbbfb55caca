// Port: where samples or messages go in or out, as the audio thread meets it: plain pointers.
import CJack

/// A port of this program's.
public struct Port: BitwiseCopyable, @unchecked Sendable {
  let handle: OpaquePointer

  /// Its full name, with the client's.
  public var name: String { String(cString: cjack_port_name(handle)) }

  /// The cycle's samples.
  @_noLocks @_noAllocation
  func samples(_ frames: UInt32) -> UnsafeMutablePointer<Float>? {
    cjack_buffer(handle, frames)?.assumingMemoryBound(to: Float.self)
  }

  /// The cycle's messages.
  @_noLocks @_noAllocation
  func midi(_ frames: UInt32) -> MIDIBuffer? { MIDIBuffer(cjack_buffer(handle, frames)) }
}

/// The messages of one cycle.
struct MIDIBuffer: BitwiseCopyable {
  private let buffer: UnsafeMutableRawPointer

  @_noLocks @_noAllocation
  init?(_ buffer: UnsafeMutableRawPointer?) {
    guard let buffer else { return nil }
    self.buffer = buffer
  }

  /// Empties an output: every cycle's first.
  @_noLocks @_noAllocation
  func clear() { cjack_midi_clear(buffer) }

  var count: UInt32 {
    @_noLocks @_noAllocation get { cjack_midi_count(buffer) }
  }

  /// A message of an input: when in the cycle, and its bytes.
  @_noLocks @_noAllocation
  func message(_ index: UInt32) -> (time: Int, bytes: UnsafeRawBufferPointer)? {
    var event = cjack_midi_event()
    guard cjack_midi_get(&event, buffer, index) == 0, let bytes = event.buffer else { return nil }
    return (Int(event.time), UnsafeRawBufferPointer(start: bytes, count: event.size))
  }

  /// Adds a message to an output, not before the one added last; false if there is no room.
  @_noLocks @_noAllocation
  func write(_ time: Int, _ message: (UInt8, UInt8, UInt8)) -> Bool {
    guard let bytes = cjack_midi_reserve(buffer, UInt32(truncatingIfNeeded: time), 3) else { return false }
    (bytes[0], bytes[1], bytes[2]) = message
    return true
  }
}

/// The server's transport. All of this may be called from the audio thread.
public struct Transport: BitwiseCopyable, @unchecked Sendable {
  public enum State: UInt8, Sendable, BitwiseCopyable { case stopped, rolling, starting }

  let handle: OpaquePointer

  /// What it does, and the frame that the coming cycle begins with.
  @_noLocks @_noAllocation
  public func query() -> (state: State, frame: Int64) {
    var frame: UInt32 = 0
    let state = cjack_query(handle, &frame)
    return (Self.state(state), Int64(frame))
  }

  @_noLocks @_noAllocation
  static func state(_ number: Int32) -> State {
    number == 0 ? .stopped : (number == 1 || number == 2 ? .rolling : .starting)
  }

  /// Goes somewhere else, from one of the next cycles on, when everybody is ready.
  @_noLocks @_noAllocation
  public func locate(_ frame: Int64) {
    _ = cjack_locate(handle, UInt32(truncatingIfNeeded: max(0, min(frame, Int64(UInt32.max)))))
  }

  @_noLocks @_noAllocation
  public func start() { cjack_start(handle) }

  @_noLocks @_noAllocation
  public func stop() { cjack_stop(handle) }
}
