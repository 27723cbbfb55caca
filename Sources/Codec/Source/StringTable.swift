// StringTable: what is known of each of the 88 strings before anything is learned from its sound in context.
// A partial is the sum of a few modes, for a piano's key moves two or three strings that are not quite in tune: together
// they beat, and die away first quickly, then slowly. A voice stores the table; the trainer measures it on single notes.
import Glibc
import Layers
import Score
import Tensors

/// The components of every key: `partials` partials of `modes` modes.
///
/// A component struck at 0 sounds as e^(level − decay·t)·sin(2π(phase + frequency·t)). Frequency and decay belong to the
/// key; level and phase are known at some velocities: levels are interpolated between them, the phase is the nearest's.
public struct StringTable: Sendable {
  /// No component is louder: what a file says cannot hurt.
  static let loudest: Float = 1

  public let configuration: SourceConfiguration
  /// [88, partials, modes]: Hz, and nepers a second.
  public let frequency: Tensor, decay: Tensor
  /// [88, velocities, partials, modes]: natural logarithms, and cycles.
  public let level: Tensor, phase: Tensor

  public init(_ w: Scope, _ c: SourceConfiguration) {
    configuration = c
    let velocities = c.velocities.count
    frequency = w.constant("frequency", 88, c.partials, c.modes)
    decay = w.constant("decay", 88, c.partials, c.modes)
    level = w.constant("level", 88, velocities, c.partials, c.modes)
    phase = w.constant("phase", 88, velocities, c.partials, c.modes)
  }

  /// Components of a key.
  public var components: Int { configuration.partials * configuration.modes }

  /// f₀ of equal temperament, Hz; 0 is A0.
  public static func temperedFrequency(_ index: Int) -> Double { 27.5 * pow(2, Double(index) / 12) }

  /// B, from 3·10⁻⁴ in the bass over 1·10⁻⁴ to 1·10⁻² in the treble (Rigaud, David and Daudet 2013).
  public static func typicalInharmonicity(_ index: Int) -> Double {
    let key = Double(index + 21)
    return exp(-0.0847 * key - 5.82) + exp(0.0926 * key - 13.64)
  }

  /// p·f₀·√(1 + B·p²), a stiff string's partial, Hz.
  public static func partial(_ p: Int, fundamental: Double, inharmonicity: Double) -> Double {
    Double(p) * fundamental * (1 + inharmonicity * Double(p * p)).squareRoot()
  }

  /// A table that nobody measured, by name: stiff strings in equal temperament whose partials are all alike.
  ///
  /// - Parameters:
  ///   - level: of every component at every known velocity, ln.
  ///   - decay: nepers a second.
  public static func tempered(_ c: SourceConfiguration, level: Float, decay: Float) -> [String: Tensor] {
    let frequency = (0..<88).flatMap { index in
      (0..<c.partials * c.modes).map { component in
        Float(
          partial(
            component / c.modes + 1, fundamental: temperedFrequency(index), inharmonicity: typicalInharmonicity(index)))
      }
    }
    let every = Shape(88, c.partials, c.modes)
    let struck = Shape(88, c.velocities.count, c.partials, c.modes)
    return [
      "frequency": Tensor(every, frequency), "decay": Tensor(repeating: decay, every),
      "level": Tensor(repeating: level, struck), "phase": Tensor(zeros: struck),
    ]
  }

  /// Writes the levels of a key struck with `velocity`: straight lines over its logarithm, which go on beyond the outermost
  /// velocities that are known.
  func levels(key index: Int, velocity: UInt8, into row: UnsafeMutablePointer<Float>) {
    let (upper, share) = configuration.place(velocity: velocity)
    let low = level.data + (index * configuration.velocities.count + upper - 1) * components
    let high = low + components
    for p in 0..<components { row[p] = min(low[p] + (high[p] - low[p]) * share, Self.loudest) }
  }

  /// The position of the known velocity that is nearest.
  func layer(velocity: UInt8) -> Int {
    let grid = configuration.velocities
    return grid.indices.min { abs(grid[$0] - Int(velocity)) < abs(grid[$1] - Int(velocity)) }!
  }

  /// The phases of a key's components at a known velocity.
  func phases(key index: Int, layer: Int) -> UnsafePointer<Float> {
    UnsafePointer(phase.data + (index * configuration.velocities.count + layer) * components)
  }
}
