// Schedule: the learning rate of every step: a linear warm-up, then a decay to a floor.
import Glibc
import Tensors

/// rate(step) = peak · step/warmUp while warming up, then from peak down to peak·floor at the last step.
public struct Schedule: Sendable, Equatable {
  public enum Decay: String, Sendable, CaseIterable {
    case constant, linear, cosine
  }

  public var peak: Float
  /// Steps until the peak, and steps in all.
  public var warmUp: Int, steps: Int
  public var decay: Decay
  /// What is left of the peak at the end, 0…1.
  public var floor: Float

  public init(peak: Float, warmUp: Int = 0, steps: Int, decay: Decay = .cosine, floor: Float = 0.05) {
    precondition(warmUp >= 0 && steps >= 1, "\(warmUp) of \(steps) steps to warm up")
    self.peak = peak
    self.warmUp = warmUp
    self.steps = steps
    self.decay = decay
    self.floor = floor
  }

  /// The rate of a step; steps count from 1.
  public func rate(_ step: Int) -> Float {
    if step < warmUp { return peak * Float(step) / Float(warmUp) }
    let along = min(1, Double(step - warmUp) / Double(max(1, steps - warmUp)))
    let left =
      switch decay {
      case .constant: 1.0
      case .linear: 1 - along
      case .cosine: 0.5 + 0.5 * cos(.pi * along)
      }
    return decay == .constant ? peak : peak * (floor + (1 - floor) * Float(left))
  }

  var json: JSON {
    [
      "peak": JSON(short: peak), "warm-up": JSON(warmUp), "steps": JSON(steps), "decay": JSON(decay.rawValue),
      "floor": JSON(short: floor),
    ]
  }
}
