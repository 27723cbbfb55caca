// Controls: what the knobs say, made safe. A value that is no number is not believed,
// one outside its range is brought to the nearer end.
import CLV2

/// One knob.
struct Control: BitwiseCopyable {
  private let lowest: Float, highest: Float
  /// The last good value.
  private(set) var value: Float

  init(_ lowest: Float, _ highest: Float, initially value: Float) {
    self.lowest = lowest
    self.highest = highest
    self.value = value
  }

  /// The value rounded to a whole number.
  var whole: Int { @_noLocks @_noAllocation get { value < 0 ? Int(value - 0.5) : Int(value + 0.5) } }

  var isOn: Bool { @_noLocks @_noAllocation get { value > 0 } }

  /// Reads the port; true if the value is a new one.
  @_noLocks @_noAllocation
  mutating func read(_ port: UnsafePointer<Float>?) -> Bool {
    guard let port else { return false }
    let raw = port.pointee
    // Not a number equals nothing, itself included.
    guard raw == raw else { return false }
    let safe = raw < lowest ? lowest : (raw > highest ? highest : raw)
    guard safe != value else { return false }
    value = safe
    return true
  }
}

/// All of them, at the defaults of the piano's .ttl unless they are said.
struct Controls: BitwiseCopyable {
  var enabled = Control(0, 1, initially: 1)
  var freewheel = Control(0, 1, initially: 0)
  /// Decibels.
  var gain = Control(-60, 12, initially: 0)
  var steps: Control
  /// Frames of the codec.
  var block: Control
  var guidance: Control
  var seed = Control(0, 9999, initially: 0)
  var velocity = Control(-1, 1, initially: 0)
  var tone = Control(-1, 1, initially: 0)
  /// What the score follows: 0 the transport's seconds, 1 its bars.
  var scoreTime = Control(0, 1, initially: 0)
  /// Whose position the host tells: 0 what is known of the host, 1 that of the notes handed in, 2 that of the sound.
  var position = Control(0, 2, initially: 0)

  init(
    steps: Control = Control(1, 16, initially: 4), block: Control = Control(1, 8, initially: 2),
    guidance: Control = Control(0, 4, initially: 1)
  ) {
    (self.steps, self.block, self.guidance) = (steps, block, guidance)
  }
}
