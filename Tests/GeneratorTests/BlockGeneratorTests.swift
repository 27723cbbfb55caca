// BlockGeneratorTests: one network, any block: live with cached keys as offline with a mask, the same from the same seed.
import Generator
import Kernels
import Layers
import Tensors
import Testing

@Suite struct BlockGeneratorTests {
  private static var configuration: GeneratorConfiguration {
    var c = GeneratorConfiguration()
    (c.latentWidth, c.conditionWidth, c.depth, c.expansion) = (6, 10, 3, 2)
    (c.audioWidth, c.rollWidth, c.audioHeads, c.rollHeads, c.timeWidth, c.window) = (32, 16, 2, 2, 8, 12)
    return c
  }

  /// Random weights where a fresh network has zeros, which do nothing.
  private struct Moved: WeightSource {
    var names: [String] { [] }
    func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
      RandomWeights(seed: 6).fill(name, tensor, initial: .uniform(bound: 0.25))
    }
  }
  private static func model() throws -> MultiStreamTransformer {
    try Weights.make(from: Moved()) { MultiStreamTransformer($0, configuration) }.model
  }
  private static func condition(_ frames: Int) -> Tensor {
    let rows = Tensor(zeros: Shape(1, frames, configuration.conditionWidth))
    fp_normal(4, 9, 0, rows.data, rows.shape.count)
    return rows
  }

  /// Latents of `frames` frames in blocks.
  private static func generate(
    _ model: MultiStreamTransformer, frames: Int, block: Int, seed: UInt64 = 1, steps: Int = 3, guidance: Float = 1,
    with made: BlockGenerator? = nil
  ) -> [Float] {
    let generator = made ?? BlockGenerator(model, frames: block, precision: .float32)
    let condition = condition(frames)
    var latents = [Float](repeating: 0, count: frames * configuration.latentWidth)
    latents.withUnsafeMutableBufferPointer { latents in
      for frame in stride(from: 0, to: frames, by: block) {
        generator.generate(
          frame: Int64(frame), seed: seed, condition: condition.data + frame * configuration.conditionWidth,
          steps: steps, guidance: guidance, into: latents.baseAddress! + frame * configuration.latentWidth)
      }
    }
    return latents
  }

  @Test func `The same seed gives the same bits, another seed others, and a reset forgets all`() throws {
    let model = try Self.model()
    let generator = BlockGenerator(model, frames: 3, precision: .float32)
    let first = Self.generate(model, frames: 24, block: 3, with: generator)
    #expect(Self.generate(model, frames: 24, block: 3, with: generator) != first)
    generator.reset()
    #expect(Self.generate(model, frames: 24, block: 3, with: generator) == first)
    #expect(Self.generate(model, frames: 24, block: 3) == first)
    #expect(Self.generate(model, frames: 24, block: 3, seed: 2) != first)
    #expect(first.allSatisfy { $0.isFinite })
  }

  @Test(arguments: [1, 2, 3, 4, 6, 12, 24]) func `Every block size plays on the same weights`(_ block: Int) throws {
    let latents = Self.generate(try Self.model(), frames: 24, block: block)
    #expect(latents.allSatisfy { $0.isFinite } && Set(latents).count > latents.count / 2)
  }

  /// A step of the flow for the second block, once with the cache of the first, once over both with a mask.
  @Test(arguments: [1, 2, 4]) func `Live with cached keys equals offline under the mask`(_ block: Int) throws {
    let c = Self.configuration
    let model = try Self.model()
    let frames = 12
    let clean = Tensor(zeros: Shape(1, frames, c.latentWidth))
    let noisy = Tensor(zeros: Shape(1, frames, c.latentWidth))
    fp_normal(8, 1, 0, clean.data, clean.shape.count)
    fp_normal(8, 2, 0, noisy.data, noisy.shape.count)
    let condition = Self.condition(frames)
    var none: [KeyValue] = []
    let whole = model(
      concatenate([clean, noisy], axis: 0), condition: concatenate([condition, condition], axis: 0),
      time: Tensor(Shape(2), [1, 0.4]), .offline(frames: frames, block: block, window: c.window), past: &none)

    var past = model.emptyPast()
    for start in stride(from: 0, to: frames, by: block) {
      let place = Placement.live(from: start, block: block, window: c.window)
      func part(_ x: Tensor) -> Tensor { x.slice(axis: 1, start: start, length: block) }
      var before = past
      let live = model(
        part(noisy), condition: part(condition), time: Tensor(Shape(1), [0.4]), place, past: &before)
      let expected = whole.slice(axis: 0, start: 1, length: 1).slice(axis: 1, start: start, length: block)
      let largest = expected.array.map(abs).max()!
      for (found, wanted) in zip(live.array, expected.array) { #expect(abs(found - wanted) < 2e-5 * largest) }
      _ = model(part(clean), condition: part(condition), time: Tensor(Shape(1), [1]), place, past: &past)
    }
  }

  @Test func `Guidance 1 is none, more is another path`() throws {
    let model = try Self.model()
    let plain = Self.generate(model, frames: 8, block: 2)
    #expect(Self.generate(model, frames: 8, block: 2, guidance: 2) != plain)
    let nearly = Self.generate(model, frames: 8, block: 2, guidance: 1.000001)
    for (a, b) in zip(plain, nearly) { #expect(abs(a - b) < 1e-3 * max(1, abs(a))) }
  }

  @Test func `A network that never learned flows nowhere: its latents are the noise`() throws {
    let model = try Weights.make(from: RandomWeights(seed: 1)) { MultiStreamTransformer($0, Self.configuration) }.model
    var noise = [Float](repeating: 0, count: 8 * 6)
    fp_normal(1, 1, 0, &noise, noise.count)
    #expect(Self.generate(model, frames: 8, block: 2) == noise)
  }

  @Test func `The shipped size has 1.19 million parameters`() throws {
    var c = GeneratorConfiguration()
    (c.depth, c.audioWidth, c.rollWidth, c.conditionWidth) = (4, 128, 64, 404)
    let weights = try Weights.make(from: RandomWeights(seed: 1)) { MultiStreamTransformer($0, c) }.weights
    #expect(weights.flat.count >= 1_186_272 && weights.entries.reduce(0) { $0 + $1.tensor.shape.count } <= 1_186_272)
  }

  @Test func `A configuration comes back from its own words, and nonsense is named`() throws {
    let c = Self.configuration
    #expect(try GeneratorConfiguration(JSON(parsing: Array(c.json.text().utf8))) == c)
    for (name, bad) in [("depth", 0), ("audioWidth", 33), ("window", -1), ("timeWidth", 7), ("rollHeads", 65)] {
      let members = c.json.members!.map { JSON.Member($0.name, $0.name == name ? JSON(bad) : $0.value) }
      #expect {
        _ = try GeneratorConfiguration(JSON.object(members))
      } throws: {
        "\($0)".contains(name)
      }
    }
  }
}
