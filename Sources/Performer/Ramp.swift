// Ramp: a factor that moves to a new value in a straight line, so that nothing clicks.
// It counts samples, not calls: however a host cuts time into buffers, the line is the same.

/// A factor for one sample after another.
package struct Ramp: BitwiseCopyable {
  private var value: Float, target: Float
  private var step: Float = 0
  private var remaining = 0

  @_noLocks @_noAllocation
  package init(_ value: Float) {
    self.value = value
    target = value
  }

  /// Goes to `target` in `samples` samples; at once if there are none.
  @_noLocks @_noAllocation
  package mutating func move(to target: Float, in samples: Int) {
    self.target = target
    remaining = samples
    if samples > 0 {
      step = (target - value) / Float(samples)
    } else {
      value = target
    }
  }

  @_noLocks @_noAllocation
  package mutating func next() -> Float {
    if remaining > 0 {
      remaining -= 1
      value = remaining == 0 ? target : value + step
    }
    return value
  }
}
