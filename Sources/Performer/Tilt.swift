// Tilt: brighter or darker: what lies above a middle frequency is raised as far as what lies below it is lowered.
// At rest in the middle it hands on every sample as it came, to the bit.
import CRealtime
import Glibc

/// One channel: y = g⁻¹·low + g·(x − low), low a one-pole low-pass at 800 Hz; g moves smoothly.
package struct Tilt: BitwiseCopyable {
  /// Of the shelves at either end of the knob.
  private static var decibels: Float { 6 }
  private static var middle: Float { 800 }

  /// Share of the way that the low-pass goes in a sample.
  private let pull: Float
  private var low: Float = 0
  private var upper = Ramp(1), lower = Ramp(1)
  private var isFlat = true
  /// Samples until the knob has arrived.
  private var remaining = 0

  /// - Parameter rate: samples a second.
  package init(rate: Int) { pull = 1 - exp(-2 * .pi * Self.middle / Float(max(1, rate))) }

  /// The shelves' factors at −1…1.
  @_noLocks @_noAllocation
  private static func factor(_ tone: Float) -> Float { fp_amplitude(tone * decibels) }

  /// Goes to `tone` in `samples` samples.
  @_noLocks @_noAllocation
  package mutating func move(to tone: Float, in samples: Int) {
    upper.move(to: Self.factor(tone), in: samples)
    lower.move(to: Self.factor(-tone), in: samples)
    remaining = samples
    isFlat = tone == 0
  }

  /// Nothing has sounded before; the knob is where it was to go.
  @_noLocks @_noAllocation
  package mutating func reset(tone: Float) {
    low = 0
    move(to: tone, in: 0)
  }

  @_noLocks @_noAllocation
  package mutating func callAsFunction(_ sample: Float) -> Float {
    let (high, deep) = (upper.next(), lower.next())
    if remaining > 0 { remaining -= 1 }
    low += pull * (sample - low)
    if isFlat && remaining == 0 { return sample }
    return deep * low + high * (sample - low)
  }
}
