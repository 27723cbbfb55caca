// StringTable: what is known of each of the 88 strings before anything is learned from its sound in context:
// its partials' frequencies, levels and decays. A voice stores it; the trainer measures it on single notes.
import Glibc
import Layers
import Score
import Tensors

/// The partials of every key.
///
/// Partial p = 1, 2, … of a key sounds at p·f₀·√(1 + B·p²) (a stiff string); its level is in natural logarithms at
/// three velocities, between which it is interpolated; it loses `decay` nepers a second.
public struct StringTable: Sendable {
  public static let velocities: [Float] = [30, 64, 100]

  public let partials: Int
  /// [88]: f₀ in Hz, and B.
  public let frequency: Tensor, inharmonicity: Tensor
  /// [88, velocities, partials] and [88, partials].
  public let level: Tensor, decay: Tensor

  public init(_ w: Scope, partials: Int) {
    self.partials = partials
    frequency = w.constant("frequency", 88)
    inharmonicity = w.constant("inharmonicity", 88)
    level = w.constant("level", 88, Self.velocities.count, partials)
    decay = w.constant("decay", 88, partials)
  }

  /// f₀ of equal temperament, Hz; 0 is A0.
  public static func temperedFrequency(_ index: Int) -> Double { 27.5 * pow(2, Double(index) / 12) }

  /// B, from 3·10⁻⁴ in the bass over 1·10⁻⁴ to 1·10⁻² in the treble (Rigaud, David and Daudet 2013).
  public static func typicalInharmonicity(_ index: Int) -> Double {
    let key = Double(index + 21)
    return exp(-0.0847 * key - 5.82) + exp(0.0926 * key - 13.64)
  }

  /// The frequency of a partial of a key, Hz.
  public func frequency(key index: Int, partial: Int) -> Double {
    let p = Double(partial)
    return p * Double(frequency[index]) * (1 + Double(inharmonicity[index]) * p * p).squareRoot()
  }

  /// Writes the levels of a key struck with `velocity`.
  func levels(key index: Int, velocity: UInt8, into row: UnsafeMutablePointer<Float>) {
    let v = Float(velocity)
    let grid = Self.velocities
    let upper = v < grid[1] ? 1 : 2
    let share = (v - grid[upper - 1]) / (grid[upper] - grid[upper - 1])
    let low = level.data + (index * grid.count + upper - 1) * partials
    let high = low + partials
    for p in 0..<partials { row[p] = low[p] + (high[p] - low[p]) * share }
  }
}
