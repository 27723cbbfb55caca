// BandSum: a signal in frequency bands, put together with gains that move in a straight line over every frame.
// It is the way by which sound reaches the output without passing through the latents.
import Kernels

/// y[b,t,n] = Σ_k source[b,t,k,n]·((1 − n/S)·gains[b,t,k] + (n/S)·gains[b,t+1,k]).
///
/// source is [batch, frames, bands, S], gains [batch, frames + 1, bands]: the gains at the borders of the frames, the
/// first being where the last frame ended. y is [batch, frames, S]. The source is not trained.
public struct BandSum: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    let source = inputs[0]
    let gains = inputs[1]
    precondition(
      source.rank == 4 && gains == Shape(source[0], source[1] + 1, source[2]), "band sum of \(source) with \(gains)")
    return Shape(source[0], source[1], source[3])
  }

  public func run(_ inputs: Views, _ output: View) {
    let s = inputs[0].shape
    let bands = s[2]
    let samples = s[3]
    for batch in 0..<s[0] {
      for frame in 0..<s[1] {
        let at = batch * s[1] + frame
        let gains = inputs[1].data + (batch * (s[1] + 1) + frame) * bands
        fp_band_sum(
          bands, samples, inputs[0].data + at * bands * samples, gains, gains + bands, output.data + at * samples)
      }
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    precondition(!step.wants(0), "the source of a band sum is not trained")
    let source = step.inputs[0]
    let s = source.shape
    let bands = s[2]
    let samples = s[3]
    let result = Tensor(zeros: step.inputs[1].shape)
    for batch in 0..<s[0] {
      for frame in 0..<s[1] {
        let at = batch * s[1] + frame
        let gains = result.data + (batch * (s[1] + 1) + frame) * bands
        fp_band_sum_backward(
          bands, samples, source.data + at * bands * samples, step.upstream.data + at * samples, gains, gains + bands)
      }
    }
    return [nil, result]
  }
}

/// ln(mean square + floor) of every band of every frame: [batch, frames, bands, S] ↦ [batch, frames, bands].
/// The source is not trained.
public struct BandEnergy: Primitive {
  public let floor: Float

  public init(floor: Float) { self.floor = floor }

  public func shape(_ inputs: [Shape]) -> Shape { Shape(inputs[0][0], inputs[0][1], inputs[0][2]) }

  public func run(_ inputs: Views, _ output: View) {
    let s = inputs[0].shape
    fp_band_energy(s[0] * s[1] * s[2], s[3], floor, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("the source of a band energy is not trained") }
}
