// FlowPreference: of two performances of one score the preferred becomes likelier, and the other less, than a frozen
// reference finds them: direct preference optimisation in its flow form, equation 7.
import Tensors

/// L = −(1/n) Σ ln σ(−(β/2)·[(ℓ_w − ℓ_l) − (ℓ_w − ℓ_l) of the reference]) + anchor·(1/n) Σ ℓ_w.
///
/// ℓ is a sequence's mean of (velocity − target)², w the preferred performance, l the control. Both, and both networks, are
/// given the same noise and the same time. The second term keeps the preferred itself likely (TangoFlux): without it the
/// first is content when both become unlikely, the control more so.
public struct FlowPreference: Sendable {
  public let beta: Float, anchor: Float

  /// ℓ of each pair, [n, 1].
  public struct Errors: Sendable {
    public let preferred: Tensor, control: Tensor

    public init(preferred: Tensor, control: Tensor) {
      precondition(preferred.shape == control.shape, "\(preferred.shape) preferred, \(control.shape) controls")
      (self.preferred, self.control) = (preferred, control)
    }
  }

  /// - Parameter beta: 100…5000 in what is published; 2000 in Tango 2 and TangoFlux.
  public init(beta: Float = 2000, anchor: Float = 0) { (self.beta, self.anchor) = (beta, anchor) }

  /// ℓ of every sequence: [n, frames, width] ↦ [n, 1].
  public static func errors(_ velocity: Tensor, target: Tensor) -> Tensor {
    let count = velocity.shape[1] * velocity.shape[2]
    let apart = (velocity - target).reshaped(velocity.shape[0], count)
    return LinearMap()(apart * apart, Tensor(repeating: 1 / Float(count), Shape(1, count)))
  }

  /// - Parameter reference: of the network as it was; not tracked.
  /// - Returns: L; for the log, the implicit accuracy: of how many pairs the network likes the preferred better than the
  ///   reference did, beside the control.
  public func callAsFunction(_ model: Errors, reference: Errors) -> Losses {
    let before = (reference.preferred - reference.control).untracked
    let margin = ((model.preferred - model.control) - before) * (-beta / 2)
    // −ln σ(z) = ln(e⁰ + e⁻ᶻ).
    let preference = mean(logSumExp(concatenate([Tensor(zeros: margin.shape), margin * -1], axis: 1)))
    let total = anchor == 0 ? preference : preference + mean(model.preferred) * anchor
    let right = margin.array.count { $0 > 0 }
    return Losses(
      total,
      [
        Measure("preference", preference.scalar),
        Measure("implicit accuracy", Float(right) / Float(margin.shape.count)),
        Measure("preferred", mean(model.preferred).scalar), Measure("control", mean(model.control).scalar),
      ])
  }
}
