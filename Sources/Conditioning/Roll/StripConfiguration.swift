// StripConfiguration: the sizes of a strip predictor, as its file says them.
import Tensors

/// A strip predictor's shape.
public struct StripConfiguration: Sendable, Equatable {
  public var strip = StripGeometry()
  /// The views of the keys that it knows, in order; at least one.
  public var views: [RollView] = [.top]
  /// Whether it tells velocities, and pedals; and how high fingers hang over keys, from which velocities can be told, too.
  public var velocity = false, pedals = false, heights = false
  /// Of the three convolutions over the strip, each with fewer rows than the one before. Multiples of 32 fill the panels of a
  /// product.
  public var stem = [32, 32, 64]
  /// Features a key, the blocks that look along the keys, and how far each looks.
  public var width = 96, depth = 3, taps = 7, expansion = 2

  public init() {}

  /// The steps in which a score is read from a film: 1 keys from above, 2 velocities from four sides, 3 pedals, too.
  public static func step(_ step: Int) -> StripConfiguration {
    var c = StripConfiguration()
    if step >= 2 { (c.views, c.velocity, c.heights) = (RollView.keys, true, true) }
    if step >= 3 { c.pedals = true }
    return c
  }
}
