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
  private let lead: BlockLead
  private let denoise: Program, remember: Program
  /// What guidance steers away from: the roll that says that there is none, or a program without any guide.
  private let absent: Tensor
  private let alone: Program?
  private let noise: UnsafeMutablePointer<Float>
  private var filled = 0

  /// How clean the past is taken to be: a little noise, of which the network is told, keeps it from leaning on its own
  /// mistakes.
  static let trust: Float = 0.9

  private enum Port { static let latents = 0, time = 1, mask = 2, guides = 3 }
  enum Noise { static let start: UInt32 = 1, past: UInt32 = 2 }

  /// - Parameters:
  ///   - frames: a block.
  ///   - lead: what blocks are led by.
  public init(
    _ model: MultiStreamTransformer, frames: Int, precision: Precision, lead: BlockLead = BlockLead()
  ) {
    let c = model.configuration
    let window = c.window
    self.frames = frames
    self.lead = lead
    configuration = c
    let keys = Tensor(Shape(window + frames), (0..<window + frames).map(Float.init))
    let queries = Tensor(Shape(frames), (window..<window + frames).map(Float.init))
    // The caches live in memory of their own, which both programs read and the second writes.
    let caches = model.cacheWidths(lead.kinds).map { width in
      KeyValue(keys: Tensor(zeros: Shape(1, window, width)), values: Tensor(zeros: Shape(1, window, width)))
    }
    func program(_ lead: BlockLead, _ caches: [KeyValue], remembers: Bool) -> Program {
      let latents = Tensor(zeros: Shape(1, frames, c.latentWidth)).tracked
      let time = Tensor(zeros: Shape(1)).tracked
      let mask = Tensor(zeros: Shape(frames, window + frames)).tracked
      let (guides, shown) = lead.guides(c, frames: frames)
      let before = caches.map { KeyValue(keys: $0.keys.tracked, values: $0.values.tracked) }
      var past = before
      let place = Placement(queries: queries, keys: keys, mask: mask)
      let velocity = model.pass(latents, guides, time: time, place, past: &past).velocity
      func flat(_ list: [KeyValue]) -> [Tensor] { list.flatMap { [$0.keys, $0.values] } }
      let first = Port.guides + shown.count
      return Program(
        inputs: [latents, time, mask] + shown + flat(before), outputs: remembers ? flat(past) : [velocity],
        carry: remembers ? 2 * caches.count : 0, shared: Set(first..<first + 2 * caches.count), precision: precision)
    }
    denoise = program(lead, caches, remembers: false)
    remember = program(lead, caches, remembers: true)
    // Of every layer the sound's own cache, before those of the sides.
    let own = stride(from: 0, to: caches.count, by: 1 + lead.kinds.count).map { caches[$0] }
    alone = lead.isRollAlone ? nil : program(.nothing, own, remembers: false)
    absent = Condition.absent(frames: lead.isRollAlone ? frames : 0, width: c.conditionWidth)
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
  ///   - condition: [frames, conditionWidth], see `Condition` and `EventRoll`; not read where no roll leads.
  ///   - film: [frames, videoFeatures]; not read where no film leads.
  ///   - steps: of the flow, 1…1024.
  ///   - guidance: g in v = v_without + g·(v_with − v_without); 1 is what leads as it was learned, and half the work.
  ///   - latents: room for [frames, latentWidth], normalised.
  public func generate(
    frame: Int64, seed: UInt64, condition: UnsafePointer<Float>? = nil, film: UnsafePointer<Float>? = nil, steps: Int,
    guidance: Float, into latents: UnsafeMutablePointer<Float>
  ) {
    let c = configuration
    let count = frames * c.latentWidth
    let steps = min(max(steps, 1), 1024)
    let position = UInt64(bitPattern: frame) &* UInt64(c.latentWidth)
    for program in [denoise, remember, alone] {
      guard let program else { continue }
      BlockMask.streaming(block: frames, window: c.window, filled: filled, into: program.inputs[Port.mask].data)
    }
    fp_normal(seed, Noise.start, position, latents, count)
    for step in 0..<steps {
      let time = FlowMatching.time(step, of: steps)
      let length = FlowMatching.time(step + 1, of: steps) - time
      let velocity = run(denoise, latents, condition, film, time: time)
      fp_affine(count, length * guidance, 0, velocity, noise)
      if guidance != 1 {
        let without = run(alone ?? denoise, latents, absent.data, nil, time: time)
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
    run(remember, noise, condition, film, time: Self.trust)
    filled = min(filled + frames, c.window)
  }

  @discardableResult
  private func run(
    _ program: Program, _ latents: UnsafePointer<Float>, _ condition: UnsafePointer<Float>?,
    _ film: UnsafePointer<Float>?, time: Float
  ) -> UnsafeMutablePointer<Float> {
    program.inputs[Port.latents].data.update(from: latents, count: frames * configuration.latentWidth)
    if program !== alone {
      var port = Port.guides
      for rows in [lead.followsRoll ? condition : nil, lead.followsFilm ? film : nil] {
        guard let rows else { continue }
        program.inputs[port].data.update(from: rows, count: program.inputs[port].shape.count)
        port += 1
      }
    }
    program.inputs[Port.time].data[0] = time
    program.run()
    return program.outputs[0].data
  }
}
