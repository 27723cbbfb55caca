// MultiStreamTests: the generator with all its streams: as PyTorch computes it, and without whatever is absent.
import Foundation
import Generator
import Kernels
import Layers
import Tensors
import Testing

/// What Fixtures/multi_stream.py builds.
private struct Fixture {
  let file: SafeTensors
  let model: MultiStreamTransformer, weights: Weights

  static var configuration: GeneratorConfiguration {
    var c = GeneratorConfiguration()
    (c.latentWidth, c.conditionWidth, c.videoFeatures, c.textFeatures) = (5, 7, 6, 9)
    (c.depth, c.expansion, c.timeWidth, c.audioWidth, c.audioHeads) = (3, 2, 8, 16, 2)
    (c.rollWidth, c.rollHeads, c.videoWidth, c.videoHeads) = (8, 2, 12, 3)
    return c
  }

  /// - Parameter isTracked: false for a model of constants, as it is played.
  init(isTracked: Bool = true, recomputes: Bool = false) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let path = folder.appendingPathComponent("multi-stream.safetensors").path
    file = try SafeTensors(path: path)
    // Throws unless the fixture has all the weights, and no others.
    var (model, weights) = try Weights.make(
      from: SafeTensors(path: path, prefix: "weights."), tracked: isTracked
    ) { MultiStreamTransformer($0, Self.configuration) }
    model.recomputes = recomputes
    (self.model, self.weights) = (model, weights)
  }

  func roll(_ presence: [Bool]? = nil) throws -> Guide { Guide(try file.tensor("roll"), presence: presence) }
  func video(_ presence: [Bool]? = nil) throws -> Guide { Guide(try file.tensor("video"), presence: presence) }
  func words(_ lengths: [Int] = [4, 4, 4]) throws -> Captions { Captions(try file.tensor("words"), lengths: lengths) }

  func guides(_ name: String) throws -> Guides {
    switch name {
    case "alone": Guides()
    case "roll": Guides(roll: try roll())
    case "video": Guides(video: try video())
    case "words": Guides(text: try words())
    case "all": Guides(roll: try roll(), video: try video(), text: try words())
    default:
      Guides(roll: try roll([true, false, true]), video: try video([true, true, false]), text: try words([4, 2, 0]))
    }
  }

  func pass(_ guides: Guides) throws -> MultiStreamTransformer.Result {
    let latents = try file.tensor("latents")
    let positions = Tensor(Shape(latents.shape[1]), (0..<latents.shape[1]).map(Float.init))
    let place = Placement(queries: positions, keys: positions, mask: try file.tensor("mask"))
    var past: [KeyValue] = []
    return model.pass(latents, guides, time: try file.tensor("time"), place, past: &past)
  }

  func expectClose(_ found: Tensor, _ name: String, within bound: Float = 1e-5) throws {
    let expected = try file.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    guard found.shape == expected.shape else { return }
    let largest = max(1e-3, expected.array.map(abs).max()!)
    let far = zip(found.array, expected.array).map { abs($0 - $1) }.max()!
    #expect(far <= bound * largest, "\(name): \(far) apart, of \(largest)")
  }
}

@Suite struct MultiStreamTests {
  @Test(arguments: ["alone", "roll", "video", "words", "all", "some"])
  func `Velocities and first layers are PyTorch's, whatever is present`(_ name: String) throws {
    let fixture = try Fixture()
    let result = try fixture.pass(try fixture.guides(name))
    try fixture.expectClose(result.velocity, name + ".velocity")
    try fixture.expectClose(result.audio, name + ".first.audio")
    #expect(
      Set(result.sides.keys.map { "\(name).first.\($0.rawValue)" })
        == Set(fixture.file.names.filter { $0.hasPrefix(name + ".first.") && !$0.hasSuffix(".audio") }))
    for (kind, stream) in result.sides { try fixture.expectClose(stream, "\(name).first.\(kind.rawValue)") }
  }

  @Test(arguments: [false, true]) func `Every gradient is PyTorch's`(_ recomputes: Bool) throws {
    let fixture = try Fixture(recomputes: recomputes)
    let velocity = try fixture.pass(try fixture.guides("some")).velocity
    let loss = mean(velocity * (try fixture.file.tensor("probe"))) * Float(velocity.shape.count)
    for (entry, gradient) in zip(fixture.weights.entries, gradients(of: loss, for: fixture.weights.parameters)) {
      try fixture.expectClose(gradient, "gradients." + entry.name, within: 5e-5)
    }
  }

  @Test func `A sequence without a guide is to the bit what it is when nobody has one`() throws {
    let fixture = try Fixture()
    let mixed = try fixture.pass(try fixture.guides("some")).velocity
    func expectSame(_ sequence: Int, _ guides: Guides) throws {
      let alone = try fixture.pass(guides).velocity
      func part(_ x: Tensor) -> [Float] { x.slice(axis: 0, start: sequence, length: 1).array }
      #expect(part(mixed) == part(alone), "sequence \(sequence)")
    }
    try expectSame(1, Guides(video: try fixture.video(), text: try fixture.words([4, 2, 4])))
    try expectSame(2, Guides(roll: try fixture.roll()))
  }

  /// Counts what is computed.
  private final class Counter: Engine {
    var count = 0
    override func result(of primitive: any Primitive, _ inputs: [Tensor], _ shape: Shape) -> Storage? {
      count += 1
      return nil
    }
  }

  @Test func `What is absent costs nothing`() throws {
    let fixture = try Fixture()
    func operations(_ c: GeneratorConfiguration, _ guides: Guides) throws -> Int {
      let model = try Weights.make(from: RandomWeights(seed: 1)) { MultiStreamTransformer($0, c) }.model
      let latents = try fixture.file.tensor("latents")
      let positions = Tensor(Shape(6), (0..<6).map(Float.init))
      let place = Placement(queries: positions, keys: positions, mask: Tensor(zeros: Shape(6, 6)))
      let counter = Counter()
      var past: [KeyValue] = []
      _ = counter.perform { model.pass(latents, guides, time: Tensor(zeros: Shape(3)), place, past: &past) }
      return counter.count
    }
    let whole = Fixture.configuration
    var without = whole
    (without.conditionWidth, without.videoFeatures, without.textFeatures) = (0, 0, 0)
    let bare = try operations(without, Guides())
    #expect(try operations(whole, Guides()) == bare)
    without.conditionWidth = whole.conditionWidth
    let roll = Guides(roll: try fixture.roll())
    #expect(try operations(whole, roll) == operations(without, roll))
    #expect(try operations(whole, try fixture.guides("all")) > 2 * bare)
  }

  @Test func `A stream that is added to a trained network changes nothing at first`() throws {
    let fixture = try Fixture()
    let table = Dictionary(
      uniqueKeysWithValues: fixture.weights.entries.map { ($0.name, $0.tensor.untracked) })
    /// The fixture's weights, where it has them and the roll is not concerned.
    struct Before: WeightSource {
      let table: [String: Tensor]
      var names: [String] { [] }
      func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
        if let known = table[name], !name.hasPrefix("roll."), !name.hasPrefix("exchanges.") {
          tensor.data.update(from: known.data, count: known.shape.count)
        } else {
          RandomWeights(seed: 3).fill(name, tensor, initial: initial)
        }
      }
    }
    let guides = Guides(video: try fixture.video(), text: try fixture.words())
    let before = try fixture.pass(guides).velocity
    let grown = try Weights.make(from: Before(table: table)) { MultiStreamTransformer($0, Fixture.configuration) }.model
    let latents = try fixture.file.tensor("latents")
    let positions = Tensor(Shape(6), (0..<6).map(Float.init))
    let place = Placement(queries: positions, keys: positions, mask: try fixture.file.tensor("mask"))
    var all = guides
    all.roll = try fixture.roll()
    var past: [KeyValue] = []
    let after = grown.pass(latents, all, time: try fixture.file.tensor("time"), place, past: &past).velocity
    #expect(after.array == before.array)
  }

  /// A step of the flow for each block with the cache of the ones before, and once over all with a mask.
  @Test(arguments: [1, 2, 4]) func `Live with a film and words equals offline under the mask`(_ block: Int) throws {
    let fixture = try Fixture()
    let c = Fixture.configuration
    let (frames, model) = (12, fixture.model)
    func noise(_ stream: UInt32, _ width: Int) -> Tensor {
      let rows = Tensor(zeros: Shape(1, frames, width))
      fp_normal(8, stream, 0, rows.data, rows.shape.count)
      return rows
    }
    let (clean, noisy) = (noise(1, c.latentWidth), noise(2, c.latentWidth))
    let (roll, video) = (noise(3, c.conditionWidth), noise(4, c.videoFeatures))
    let words = Captions(try fixture.file.tensor("words").slice(axis: 0, start: 0, length: 1), lengths: [3])
    func twice(_ x: Tensor) -> Guide { Guide(concatenate([x, x], axis: 0)) }
    var none: [KeyValue] = []
    let whole = model.pass(
      concatenate([clean, noisy], axis: 0), Guides(roll: twice(roll), video: twice(video), text: words),
      time: Tensor(Shape(2), [1, 0.4]), .offline(frames: frames, block: block, window: c.window), past: &none
    ).velocity
    var past = model.emptyPast([.roll, .video])
    for start in stride(from: 0, to: frames, by: block) {
      let place = Placement.live(from: start, block: block, window: c.window)
      func part(_ x: Tensor) -> Tensor { x.slice(axis: 1, start: start, length: block) }
      let guides = Guides(roll: Guide(part(roll)), video: Guide(part(video)), text: words)
      var before = past
      let live = model.pass(part(noisy), guides, time: Tensor(Shape(1), [0.4]), place, past: &before).velocity
      let expected = whole.slice(axis: 0, start: 1, length: 1).slice(axis: 1, start: start, length: block)
      let largest = expected.array.map(abs).max()!
      for (found, wanted) in zip(live.array, expected.array) { #expect(abs(found - wanted) < 2e-5 * largest) }
      _ = model.pass(part(clean), guides, time: Tensor(Shape(1), [1]), place, past: &past)
    }
  }

  @Test func `A whole clip is sampled as one block is, and guidance leads away from what nobody asked for`() throws {
    let fixture = try Fixture()
    let roll = try fixture.file.tensor("roll").slice(axis: 0, start: 0, length: 1)
    let (frames, width) = (roll.shape[1], Fixture.configuration.latentWidth)
    let guides = Guides(roll: Guide(roll))
    func sampled(_ guides: Guides, guidance: Float, steps: Int = 3, seed: UInt64 = 5) throws -> [Float] {
      try FlowSampler(steps: steps, guidance: guidance, seed: seed)(fixture.model, guides, frames: frames).array
    }
    let plain = try sampled(guides, guidance: 1)
    var block = [Float](repeating: 0, count: frames * width)
    BlockGenerator(try Fixture(isTracked: false).model, frames: frames, precision: .float32).generate(
      frame: 0, seed: 5, condition: roll.data, steps: 3, guidance: 1, into: &block)
    let largest = block.map(abs).max()!
    for (one, other) in zip(plain, block) { #expect(abs(one - other) < 1e-5 * largest) }
    #expect(try sampled(guides, guidance: 1) == plain)
    #expect(try sampled(guides, guidance: 1, seed: 6) != plain)
    // In one step everything is linear in the guidance.
    let none = try sampled(Guides(), guidance: 1, steps: 1)
    let once = try sampled(guides, guidance: 1, steps: 1)
    let thrice = try sampled(guides, guidance: 3, steps: 1)
    for i in none.indices { #expect(abs(thrice[i] - (none[i] + 3 * (once[i] - none[i]))) < 1e-4 * largest) }
    #expect(thrice != once)
  }

  @Test(arguments: [["roll"], ["video"], ["words"], ["roll", "video", "words"]])
  func `Blocks are led by whatever is there, as whole clips are`(_ names: [String]) throws {
    let fixture = try Fixture(isTracked: false)
    func first(_ name: String) throws -> Tensor? {
      names.contains(name) ? try fixture.file.tensor(name).slice(axis: 0, start: 0, length: 1) : nil
    }
    let (roll, film, words) = (try first("roll"), try first("video"), try first("words"))
    let frames = try fixture.file.tensor("roll").shape[1]
    let guides = Guides(roll: roll.map { Guide($0) }, video: film.map { Guide($0) }, text: words.map { Captions([$0]) })
    let width = Fixture.configuration.latentWidth
    func blocks(of block: Int, guidance: Float) -> [Float] {
      let words = words.map { $0.reshaped($0.shape[1], $0.shape[2]) }
      let generator = BlockGenerator(
        fixture.model, frames: block, precision: .float32,
        lead: BlockLead(roll: roll != nil, film: film != nil, words: words))
      var latents = [Float](repeating: 0, count: frames * width)
      latents.withUnsafeMutableBufferPointer { latents in
        for frame in stride(from: 0, to: frames, by: block) {
          generator.generate(
            frame: Int64(frame), seed: 5, condition: roll.map { $0.data + frame * $0.shape[2] },
            film: film.map { $0.data + frame * $0.shape[2] }, steps: 3, guidance: guidance,
            into: latents.baseAddress! + frame * width)
        }
      }
      return latents
    }
    // The piano's guidance leads away from its own flag, not from nothing.
    for guidance: Float in names == ["roll"] ? [1] : [1, 3] {
      let whole = try FlowSampler(steps: 3, guidance: guidance, seed: 5)(fixture.model, guides, frames: frames).array
      let largest = whole.map(abs).max()!
      for (one, other) in zip(whole, blocks(of: frames, guidance: guidance)) {
        #expect(abs(one - other) < 1e-4 * largest)
      }
    }
    let small = blocks(of: 1, guidance: 2)
    #expect(small.allSatisfy { $0.isFinite } && small == blocks(of: 1, guidance: 2))
    #expect(small != blocks(of: 1, guidance: 1))
  }

  @Test func `Captions of any length are padded, and the padding is not read`() throws {
    let fixture = try Fixture()
    let words = try fixture.file.tensor("words")
    let own = [3, 1, 4].enumerated().map {
      words.slice(axis: 0, start: $0, length: 1).slice(axis: 1, start: 0, length: $1)
    }
    let captions = Captions(own)
    #expect(captions.features.shape == Shape(3, 4, 9) && captions.lengths == [3, 1, 4])
    let padded = try fixture.pass(Guides(text: captions)).velocity
    #expect(try fixture.pass(Guides(text: fixture.words([3, 1, 4]))).velocity.array == padded.array)
    #expect(try fixture.pass(Guides(text: fixture.words())).velocity.array != padded.array)
  }

  @Test func `A latent frame sees the picture that is shown at its middle`() {
    let features = Tensor(Shape(3, 2), [0, 10, 1, 11, 2, 12])
    // The middles lie at 1/150, 3/150, 5/150 … seconds.
    let times: [Double] = [0, 3.0 / 150, 4.5 / 150]
    let shown = ShownFeatures.atLatentRate(features, times: times, frames: 4)
    #expect(shown.shape == Shape(1, 4, 2) && shown.array == [0, 10, 1, 11, 2, 12, 2, 12])
    #expect(ShownFeatures.atLatentRate(features, times: times, first: 1, frames: 2).array == [1, 11, 2, 12])
    // A film that begins late shows its first picture until then.
    #expect(ShownFeatures.atLatentRate(features, times: [1, 2, 3], frames: 1).array == [0, 10])
  }

  @Test(arguments: GeneratorSize.allCases)
  func `A named size comes back from its own words`(_ size: GeneratorSize) throws {
    for c in [size.configuration(), size.configuration(text: 512, video: 512, piano: true)] {
      #expect(try GeneratorConfiguration(JSON(parsing: Array(c.json.text().utf8))) == c)
    }
  }

  @Test func `A voice from before films and words is read as it was`() throws {
    let old = GeneratorConfiguration().json.members!.filter { !$0.name.hasPrefix("video") && $0.name != "textFeatures" }
    #expect(try GeneratorConfiguration(JSON.object(old)) == GeneratorConfiguration())
  }
}
