// Transport: where the host's transport is, as far as it says so.
// When it starts or jumps, a take begins; the same take should sound the same again.
import CLV2

/// What was last heard of the transport.
struct Transport: BitwiseCopyable {
  private(set) var isRolling = false
  private var frame: Int64 = 0

  /// Takes a time:Position; true if a take begins with it.
  @_noLocks @_noAllocation
  mutating func starts(_ value: AtomValue, _ urids: URIDs) -> Bool {
    guard var object = ObjectReader(value), object.kind == urids.position else { return false }
    var isRollingNow = isRolling
    var frameNow = frame
    while let (key, value) = object.next() {
      guard let base = value.bytes.baseAddress else { continue }
      if key == urids.speed, value.type == urids.float, value.bytes.count == 4 {
        isRollingNow = base.loadUnaligned(as: Float.self) > 0
      }
      if key == urids.frame, value.type == urids.long, value.bytes.count == 8 {
        frameNow = base.loadUnaligned(as: Int64.self)
      }
    }
    let starts = isRollingNow && (!isRolling || frameNow != frame)
    isRolling = isRollingNow
    frame = frameNow
    return starts
  }

  /// Goes on for `count` samples.
  @_noLocks @_noAllocation
  mutating func advance(_ count: Int) {
    if isRolling { frame &+= Int64(count) }
  }
}
