// FlowExample: a sequence as the flow is learned from: [clean copy ; noisy copy], the noisy one on its way from noise to latents.
// The clean copy is the past that a block sees. Half of the time it is noised, and the network told how much; a quarter of
// the time it is hidden, so that the guides must be read and not the past continued.
import Generator
import Layers
import Tensors

struct FlowExample: Sendable {
  /// x_t = (1 − t)·noise + t·latent, [2, frames, latentWidth], the times t, [2], and latent − noise of the noisy copy,
  /// [1, frames, latentWidth].
  let latents: Tensor, time: Tensor, target: Tensor

  /// How often is what: of all examples.
  private enum Share { static let hidden: Float = 0.25, clean: Float = 0.4 }

  /// - Parameter z: normalised latents, [frames, latentWidth].
  init(_ z: Tensor, _ random: inout ShardRandom) {
    let (frames, width) = (z.shape[0], z.shape[1])
    let count = frames * width
    let target = Tensor(zeros: Shape(1, frames, width))
    let x = Tensor(zeros: Shape(2, frames, width))
    let noise = Tensor(zeros: Shape(2, frames, width))
    random.normal(into: noise.data, count: noise.shape.count)
    let flow = random.uniform()
    let level = random.uniform() < Share.clean ? 0 : random.uniform()
    let times: [Float] = [1 - level, flow]
    for copy in 0..<2 {
      for i in 0..<count {
        let n = noise[copy * count + i]
        x[copy * count + i] = (1 - times[copy]) * n + times[copy] * z[i]
        if copy == 1 { target[i] = z[i] - n }
      }
    }
    (latents, time, self.target) = (x, Tensor(Shape(2), times), target)
  }

  /// Where each token stands and what it may look at, for blocks of a drawn size.
  static func place(frames: Int, window: Int, _ random: inout ShardRandom) -> Placement {
    let sizes = [1, 2, 2, 3, 3, 4, 6, 8, 12, 24, 48, frames]
    let block = sizes[random.integer(in: 0..<sizes.count)]
    let positions = Tensor(Shape(2 * frames), (0..<2 * frames).map { Float($0 % frames) })
    let mask = BlockMask.training(
      frames: frames, block: block, offset: random.integer(in: 0..<block), window: window,
      seesPast: random.uniform() >= Share.hidden)
    return Placement(queries: positions, keys: positions, mask: mask, copies: 2)
  }

  /// The mean of (v − (latent − noise))², of a velocity of both copies.
  func error(_ velocity: Tensor) -> Tensor {
    meanSquare(velocity.slice(axis: 0, start: 1, length: 1) - target)
  }
}
