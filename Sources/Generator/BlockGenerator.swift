// BlockGenerator: the generator as it is played: a block of latents at a time, each seeing the cached past.
// Two programs share the caches: one is run at every step of the flow, the other, once a block, remembers the result.
import Glibc
import Kernels
import Layers
import Tensors

/// Generates latents block by block. One performance at a time; no memory is allocated after the first block.
public final class BlockGenerator {
  public let frames: Int
  public let configuration: GeneratorConfiguration
  private let denoise: Program, remember: Program
  private let absent: Tensor
  private let noise: UnsafeMutablePointer<Float>
  private var filled = 0

  /// How clean the past is taken to be: a little noise, of which the network is told, keeps it from leaning on its own
  /// mistakes.
  static let trust: Float = 0.9

  private enum Port { static let latents = 0, condition = 1, time = 2, mask = 3 }
  enum Noise { static let start: UInt32 = 1, past: UInt32 = 2 }

  /// - Parameter frames: a block.
  public init(_ model: MultiStreamTransformer, frames: Int, precision: Precision) {
    let c = model.configuration
    let window = c.window
    self.frames = frames
    configuration = c
    let keys = Tensor(Shape(window + frames), (0..<window + frames).map(Float.init))
    let queries = Tensor(Shape(frames), (window..<window + frames).map(Float.init))
    // The caches live in memory of their own, which both programs read and the second writes.
    let caches = model.cacheWidths.map { width in
      KeyValue(keys: Tensor(zeros: Shape(1, window, width)), values: Tensor(zeros: Shape(1, window, width)))
    }
    func program(remembers: Bool) -> Program {
      let latents = Tensor(zeros: Shape(1, frames, c.latentWidth)).tracked
      let condition = Tensor(zeros: Shape(1, frames, c.conditionWidth)).tracked
      let time = Tensor(zeros: Shape(1)).tracked
      let mask = Tensor(zeros: Shape(frames, window + frames)).tracked
      let before = caches.map { KeyValue(keys: $0.keys.tracked, values: $0.values.tracked) }
      var past = before
      let place = Placement(queries: queries, keys: keys, mask: mask)
      let velocity = model(latents, condition: condition, time: time, place, past: &past)
      func flat(_ list: [KeyValue]) -> [Tensor] { list.flatMap { [$0.keys, $0.values] } }
      return Program(
        inputs: [latents, condition, time, mask] + flat(before), outputs: remembers ? flat(past) : [velocity],
        carry: remembers ? 2 * caches.count : 0, shared: Set(4..<4 + 2 * caches.count), precision: precision)
    }
    denoise = program(remembers: false)
    remember = program(remembers: true)
    absent = Condition.absent(frames: frames, width: c.conditionWidth)
    noise = .allocate(capacity: frames * c.latentWidth)
    reset()
  }

  deinit { noise.deallocate() }

  /// Forgets the past.
  public func reset() {
    filled = 0
    remember.reset()
  }

  /// Generates a block.
  ///
  /// - Parameters:
  ///   - frame: the block's first frame: with the seed it decides the noise.
  ///   - condition: [frames, conditionWidth], see `Condition`.
  ///   - steps: of the flow, 1…1024.
  ///   - guidance: g in v = v_without + g·(v_with − v_without); 1 is the score as it was learned, and half the work.
  ///   - latents: room for [frames, latentWidth], normalised.
  public func generate(
    frame: Int64, seed: UInt64, condition: UnsafePointer<Float>, steps: Int, guidance: Float,
    into latents: UnsafeMutablePointer<Float>
  ) {
    let c = configuration
    let count = frames * c.latentWidth
    let steps = min(max(steps, 1), 1024)
    let position = UInt64(bitPattern: frame) &* UInt64(c.latentWidth)
    for program in [denoise, remember] {
      BlockMask.streaming(block: frames, window: c.window, filled: filled, into: program.inputs[Port.mask].data)
    }
    fp_normal(seed, Noise.start, position, latents, count)
    for step in 0..<steps {
      let time = FlowMatching.time(step, of: steps)
      let length = FlowMatching.time(step + 1, of: steps) - time
      let velocity = run(denoise, latents, condition, time: time)
      fp_affine(count, length * guidance, 0, velocity, noise)
      if guidance != 1 {
        let without = run(denoise, latents, absent.data, time: time)
        fp_affine(count, length * (1 - guidance), 0, without, without)
        fp_accumulate(count, without, noise)
      }
      fp_accumulate(count, noise, latents)
    }
    // x_trust of the result: the past as training showed it.
    fp_normal(seed, Noise.past, position, noise, count)
    fp_affine(count, 1 - Self.trust, 0, noise, noise)
    fp_affine(count, Self.trust, 0, latents, remember.inputs[Port.latents].data)
    fp_accumulate(count, remember.inputs[Port.latents].data, noise)
    run(remember, noise, condition, time: Self.trust)
    filled = min(filled + frames, c.window)
  }

  @discardableResult
  private func run(
    _ program: Program, _ latents: UnsafePointer<Float>, _ condition: UnsafePointer<Float>, time: Float
  ) -> UnsafeMutablePointer<Float> {
    program.inputs[Port.latents].data.update(from: latents, count: frames * configuration.latentWidth)
    program.inputs[Port.condition].data.update(from: condition, count: frames * configuration.conditionWidth)
    program.inputs[Port.time].data[0] = time
    program.run()
    return program.outputs[0].data
  }
}
