// ShardRandom: everything random of one shard, from (seed, step, shard) alone: no generator's state need be saved.
import Kernels

/// A stream of numbers for one shard of one step.
public struct ShardRandom: Sendable {
  public let seed: UInt64
  /// Counts from 1.
  public let step: Int
  /// Which of the step's shards, from 0.
  public let shard: Int
  private var position: UInt64 = 0

  public init(seed: UInt64, step: Int, shard: Int) {
    precondition(step >= 0 && shard >= 0 && shard < 1 << 30, "shard \(shard) of step \(step)")
    self.seed = seed
    self.step = step
    self.shard = shard
  }

  /// Uniform in [0, 1).
  public mutating func uniform() -> Float {
    var value: Float = 0
    uniform(into: &value, count: 1)
    return value
  }

  public mutating func uniform(into out: UnsafeMutablePointer<Float>, count: Int) {
    fp_uniform(seed, UInt32(shard), advanced(count), out, count)
  }

  /// Standard normals.
  public mutating func normal(into out: UnsafeMutablePointer<Float>, count: Int) {
    fp_normal(seed, UInt32(shard), advanced(count), out, count)
  }

  /// Uniform over a range of at most 2³² numbers.
  public mutating func integer(in range: Range<Int>) -> Int {
    precondition(!range.isEmpty && range.count <= 1 << 32, "a number in \(range)")
    // Two draws make 48 bits; the bias of the largest range is 2⁻¹⁶ of a number's chance.
    let high = UInt64(uniform() * 0x1p24)
    let low = UInt64(uniform() * 0x1p24)
    let fraction = high << 40 | low << 16
    return range.lowerBound + Int(fraction.multipliedFullWidth(by: UInt64(range.count)).high)
  }

  /// Which of some sets an example is of, each as likely; of one set without a draw, so that its runs stay what they were.
  public mutating func choice(of count: Int) -> Int { count > 1 ? integer(in: 0..<count) : 0 }

  private mutating func advanced(_ count: Int) -> UInt64 {
    defer { position += UInt64(count) }
    return UInt64(step) << 32 + position
  }
}
