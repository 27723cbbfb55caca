// Chance: a stream of random numbers that depends on a seed alone, for composing performances, and for tests.
// SplitMix64 (Steele, Lea and Flood 2014): one addition and a mixing a number.
import Glibc

/// Random decisions.
public struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in [0, 1).
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  public mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  public mutating func between(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(unit() * Double(range.count))
  }

  public mutating func happens(_ probability: Double) -> Bool { unit() < probability }

  public mutating func one<Element>(of choices: [Element]) -> Element { choices[between(0...choices.count - 1)] }

  /// A normal deviate.
  public mutating func normal(_ deviation: Double = 1) -> Double {
    deviation * (-2 * Glibc.log(1 - unit())).squareRoot() * Glibc.cos(2 * .pi * unit())
  }
}
