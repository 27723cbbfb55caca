// Ports: where the host wants things written, and where it keeps what we read.
// Any of them may be NULL at any time.
import CLV2

/// The indices in fotoplayer.ttl.
enum PortIndex: UInt32 {
  case control, notify, left, right, latency, enabled, freewheel, gain, steps, block, guidance, seed, velocity
  case late, ready, tone, scoreTime, economy, position
}

/// The connections.
struct Ports: BitwiseCopyable {
  var control: UnsafeRawPointer?
  var notify: UnsafeMutableRawPointer?
  var left: UnsafeMutablePointer<Float>?, right: UnsafeMutablePointer<Float>?
  var latency: UnsafeMutablePointer<Float>?, late: UnsafeMutablePointer<Float>?, ready: UnsafeMutablePointer<Float>?
  var enabled: UnsafePointer<Float>?, freewheel: UnsafePointer<Float>?, gain: UnsafePointer<Float>?
  var steps: UnsafePointer<Float>?, block: UnsafePointer<Float>?, guidance: UnsafePointer<Float>?
  var seed: UnsafePointer<Float>?, velocity: UnsafePointer<Float>?, tone: UnsafePointer<Float>?
  var scoreTime: UnsafePointer<Float>?
  var economy: UnsafeMutablePointer<Float>?
  var position: UnsafePointer<Float>?

  /// An index that is not in the description is not connected.
  @_noLocks @_noAllocation
  mutating func connect(_ index: UInt32, to data: UnsafeMutableRawPointer?) {
    let output = data?.assumingMemoryBound(to: Float.self)
    let input = UnsafePointer<Float>(output)
    switch index {
    case 0: control = UnsafeRawPointer(data)
    case 1: notify = data
    case 2: left = output
    case 3: right = output
    case 4: latency = output
    case 5: enabled = input
    case 6: freewheel = input
    case 7: gain = input
    case 8: steps = input
    case 9: block = input
    case 10: guidance = input
    case 11: seed = input
    case 12: velocity = input
    case 13: late = output
    case 14: ready = output
    case 15: tone = input
    case 16: scoreTime = input
    case 17: economy = output
    case 18: position = input
    default: break
    }
  }
}
