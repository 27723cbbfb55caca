// Drawn: numbers that a fixture's script draws as well, so that weights and pictures need not be stored.
// SplitMix64, seeded with the FNV-1a hash of a name.
import Score
import Tensors

/// Numbers in [0, 1).
public func units(_ name: String, _ count: Int) -> [Double] {
  var seed: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
  var chance = Chance(seed: seed)
  return (0..<count).map { _ in chance.unit() }
}

/// A weight as a network's might be that was not trained: kernels and maps of about unit gain, statistics near those of
/// nothing.
public func drawn(_ name: String, _ shape: Shape) -> Tensor {
  let fan = Double(shape.count / shape[0])
  let ends: (Double, Double) =
    switch shape.rank {
    case 4: (-(6 / fan).squareRoot(), (6 / fan).squareRoot())
    case 2: (-(3 / fan).squareRoot(), (3 / fan).squareRoot())
    default: name.hasSuffix("bias") || name.hasSuffix("running_mean") ? (-0.2, 0.2) : (0.5, 1.5)
    }
  return Tensor(shape, units(name, shape.count).map { Float(ends.0 + $0 * (ends.1 - ends.0)) })
}
