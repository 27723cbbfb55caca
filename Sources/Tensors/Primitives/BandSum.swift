// BandSum: a source in frequency bands, put together with gains that move in a straight line over every frame.
// It is the way by which sound reaches the output without passing through the latents.
import Kernels

private func sizes(_ source: Shape) -> fp_bands_shape {
  precondition(source.rank == 4 && source[3] > 0, "a source in bands \(source); [batch, frames, bands, samples] is")
  return fp_bands_shape(batch: source[0], frames: source[1], bands: source[2], samples: source[3])
}

/// y[t, n] = Σ_k source[t, k, n]·((1 − n/S)·gain[t, k] + n/S·gain[t + 1, k]).
///
/// source is [batch, frames, bands, S], gains [batch, frames + 1, bands] at the borders of the frames, the first being
/// the last of what came before; y is [batch, frames, S].
public struct BandSum: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    let source = inputs[0]
    precondition(
      source.rank == 4 && inputs[1] == Shape(source[0], source[1] + 1, source[2]), "gains \(inputs[1]) of \(source)")
    return Shape(source[0], source[1], source[3])
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape)
    fp_band_sum(&sizes, inputs[0].data, inputs[1].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let source = step.inputs[0]
    let gains = step.inputs[1]
    var sizes = sizes(source.shape)
    var results: [Tensor?] = [nil, nil]
    if step.wants(0) {
      let dsource = Tensor(source.shape, storage: Storage(source.shape.count))
      fp_band_sum_to_source(&sizes, gains.data, step.upstream.data, dsource.data)
      results[0] = dsource
    }
    if step.wants(1) {
      let dgains = Tensor(gains.shape, storage: Storage(gains.shape.count))
      fp_band_sum_to_gains(&sizes, source.data, step.upstream.data, dgains.data)
      results[1] = dgains
    }
    return results
  }
}

/// ln(mean square + floor) of each band of each frame: [batch, frames, bands, samples] to [batch, frames, bands].
/// A measurement: nothing is learned through it.
public struct BandEnergy: Primitive {
  public let floor: Float

  public init(floor: Float) {
    precondition(floor > 0, "floor \(floor)")
    self.floor = floor
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    let sizes = sizes(inputs[0])
    return Shape(sizes.batch, sizes.frames, sizes.bands)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape)
    fp_band_energy(&sizes, floor, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    precondition(!step.wants(0), "the energy of a source that is learned")
    return [nil]
  }
}
