// Video2RollTests: the network is the released one: its size, its names, its results, its gradients in training.
import Conditioning
import Foundation
import Layers
import Score
import Scratch
import Tensors
import Testing

@Suite(.serialized) struct Video2RollTests {
  let fixture = try! SafeTensors(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/video2roll.safetensors")

  /// A file of weights as PyTorch would have saved them: names and shapes are the fixture's, numbers drawn as its script
  /// draws them.
  func released(keys: Int) throws -> ScratchFile {
    let json = try JSON(parsing: Array(fixture.metadata["shapes"]!.utf8))
    let shapes = json[String(keys)]!.members!.map {
      (name: $0.name, shape: Shape($0.value.elements!.map { $0.integer! }))
    }
    let file = ScratchFile()
    let count = (name: "bn1.num_batches_tracked", shape: Shape(1))
    try SafeTensors.write(shapes + [count], to: file.path) { index in
      index < shapes.count ? drawn(shapes[index].name, shapes[index].shape) : Tensor(Shape(1), [7])
    }
    return file
  }

  /// The script's pictures, channels last.
  static func pictures(_ batch: Int, _ rows: Int, _ columns: Int) -> Tensor {
    let u = units("pictures \(batch) \(rows) \(columns)", batch * 5 * rows * columns)
    let points = rows * columns
    return Tensor(
      Shape(batch, rows, columns, 5),
      (0..<u.count).map { at in Float(u[(at / 5 / points * 5 + at % 5) * points + at / 5 % points]) })
  }

  @Test func `It has as many parameters as the released one`() {
    #expect(Weights.parameterCount { Video2Roll($0, keys: 51) } == 12_713_651)
    #expect(Weights.parameterCount { Video2Roll($0) } == 12_718_424)
  }

  @Test(arguments: [51, 88]) func `Under the released names it says what PyTorch says`(_ keys: Int) throws {
    let file = try released(keys: keys)
    let (model, _) = try Weights.make(from: StateDictionary(SafeTensors(path: file.path))) {
      Video2Roll($0, keys: keys)
    }
    let input = Self.pictures(1, 100, 900)
    let found = model(input)
    expectClose(found, try fixture.tensor("logits.\(keys)"), 1e-4, "logits")
    guard keys == 51 else { return }
    let leaf = input.tracked
    let program = Program(inputs: [leaf], outputs: [model(leaf)])
    program.run()
    expectClose(
      Tensor(Shape(1, 51), Array(UnsafeBufferPointer(start: program.outputs[0].data, count: 51))), found, 1e-5,
      "program")
  }

  @Test func `A file of released weights is a model that looks at films`() throws {
    let file = try released(keys: 51)
    let model = try RollModels.open(file.path)
    #expect(model.usable([.left, .top, .pedal]) == [.top] && model.usable([.left]) == [])
    #expect(model.size(.top) == (100, 900) && model.name == "Video2Roll")
    let runner = RollRunner(model, views: [.top], batch: 1)
    let pictures = (0..<5).map { picture((100, 900), seed: UInt64($0)) }
    runner.set(0, view: 0, pictures)
    let frame = runner.run(times: [0])[0]
    #expect(frame.down.count == 88 && frame.onset.isEmpty && frame.pedals.isEmpty)
    let (network, _) = try Weights.make(from: StateDictionary(SafeTensors(path: file.path))) {
      Video2Roll($0, keys: 51)
    }
    let input = Tensor(
      Shape(1, 100, 900, 5), (0..<450_000).map { at in Float(pictures[at % 5][at / 5]) * (1 / 255) })
    let told = network(input).array.map { 1 / (1 + exp(-$0)) }
    for (key, probability) in frame.down.enumerated() {
      #expect(abs(probability - (15...65 ~= key ? told[key - 15] : 0)) < 1e-4, "key \(key)")
    }
    let (_, weights) = try Weights.make(from: RandomWeights(seed: 1)) { Linear($0 / "fc", inputs: 4, outputs: 7) }
    let other = ScratchFile()
    let entries = weights.entries.map { ($0.name, $0.tensor) } + [("FTB2_1.conv0.weight", Tensor(1))]
    try SafeTensors.write(entries, to: other.path)
    #expect { try RollModels.open(other.path) } throws: { "\($0)".contains("51 or 88 keys, found 7 keys") }
    #expect { try RollModels.open(other.path + ".not") } throws: { $0 is RollPredictorError }
  }

  @Test func `Weights of another shape are refused`() throws {
    let file = try released(keys: 51)
    #expect {
      try Weights.make(from: StateDictionary(SafeTensors(path: file.path))) { Video2Roll($0) }
    } throws: {
      "\($0)".contains("fc.weight: expected [88, 128], found [51, 128]")
    }
  }

  @Test func `In training it says and learns what PyTorch does`() throws {
    let file = try released(keys: 51)
    let (model, weights) = try Weights.make(from: StateDictionary(SafeTensors(path: file.path)), tracked: true) {
      Video2Roll($0, keys: 51)
    }
    let logits = model(Self.pictures(3, 35, 35), .ofBatch)
    expectClose(logits, try fixture.tensor("training.logits"), 1e-4, "logits")
    let probe = Tensor(logits.shape, units("probe", logits.shape.count).map { Float($0) })
    let found = gradients(of: mean(logits * probe) * Float(logits.shape.count), for: weights.parameters)
    let named = Dictionary(uniqueKeysWithValues: zip(weights.entries.filter(\.isParameter).map(\.name), found))
    for name in fixture.names where name.hasPrefix("gradient.") {
      let name = String(name.dropFirst("gradient.".count))
      let expected = try fixture.tensor("gradient.\(name)")
      let ours = try #require(named[name]).array
      expectClose(Tensor(expected.shape, Array(ours.prefix(expected.shape.count))), expected, 2e-3, name)
    }
  }

  @Test func `Measured statistics are those of all that was seen`() throws {
    let (model, weights) = try Weights.make(from: RandomWeights(seed: 4)) { Video2Roll($0, keys: 51) }
    let (one, two) = (Self.pictures(2, 35, 35), Self.pictures(2, 35, 35) * 0.5 + 0.1)
    let measurement = BatchMeasurement()
    // The same pictures again and again have the statistics of one batch.
    for _ in 0..<3 { _ = model(one, .measuring(measurement)) }
    measurement.settle()
    expectClose(model(one), model(one, .ofBatch), 1e-3, "one batch")
    #expect(zip(model(two).array, model(two, .ofBatch).array).contains { abs($0 - $1) > 1e-2 })
    // What is measured goes into files, but is no parameter.
    let entry = try #require(weights.entries.first { $0.name == "layer1.0.bn1.running_var" })
    #expect(!entry.isParameter && entry.tensor[0] != 1)
  }

  func expectClose(_ found: Tensor, _ expected: Tensor, _ tolerance: Float, _ what: String) {
    #expect(found.shape.array == expected.shape.array, "\(what)")
    guard found.shape.count == expected.shape.count else { return }
    let largest = expected.array.reduce(Float(0)) { max($0, abs($1)) }
    let far = zip(found.array, expected.array).map { abs($0 - $1) }.max()!
    #expect(far <= tolerance * max(largest, 1e-3), "\(what): \(far) apart, the largest is \(largest)")
  }
}
