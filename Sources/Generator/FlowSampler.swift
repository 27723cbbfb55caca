// FlowSampler: whole clips at once, as the paper generates them: Euler steps along the velocity, from noise to latents.
import Kernels
import Layers
import Tensors

/// x ← x + (t_{k+1} − t_k)·v(x, t_k), with v = v_without + g·(v_with − v_without).
///
/// v_without is the velocity without any guide, which costs less than one with. Papers differ by one in g: here 1 is what was
/// learned, and the paper's "2.0" may be 2 or 3.
public struct FlowSampler: Sendable {
  public var steps: Int, guidance: Float
  public var seed: UInt64

  public init(steps: Int = 64, guidance: Float = 2, seed: UInt64 = 1) {
    precondition(steps > 0, "\(steps) steps")
    (self.steps, self.guidance, self.seed) = (steps, guidance, seed)
  }

  /// - Parameters:
  ///   - guides: of one clip.
  ///   - first: the clip's first frame: with the seed it decides the noise.
  ///   - progress: hears how many steps are done; what it throws ends the work.
  /// - Returns: normalised latents, [1, frames, latentWidth].
  /// - Throws: what `progress` throws.
  public func callAsFunction(
    _ model: MultiStreamTransformer, _ guides: Guides, first: Int64 = 0, frames: Int,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> Tensor {
    let width = model.configuration.latentWidth
    let positions = Tensor(Shape(frames), (0..<frames).map(Float.init))
    let place = Placement(queries: positions, keys: positions, mask: Tensor(zeros: Shape(frames, frames)))
    let noise = Tensor(zeros: Shape(1, frames, width))
    fp_normal(
      seed, BlockGenerator.Noise.start, UInt64(bitPattern: first) &* UInt64(width), noise.data, noise.shape.count)
    var x = noise
    for step in 0..<steps {
      let time = FlowMatching.time(step, of: steps)
      func velocity(_ guides: Guides) -> Tensor {
        var past: [KeyValue] = []
        return model.pass(x, guides, time: Tensor(Shape(1), [time]), place, past: &past).velocity.untracked
      }
      var v = velocity(guides)
      if guidance != 1 { v = v * guidance + velocity(Guides()) * (1 - guidance) }
      x = x + v * (FlowMatching.time(step + 1, of: steps) - time)
      try progress(step + 1)
    }
    return x
  }
}
