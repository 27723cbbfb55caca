// ContrastTests: equations 5, 6 and 7 against sums written out in double precision, and their gradients against those sums'
// differences.
import Foundation
import Tensors
import Testing
import Training

@Suite struct ContrastTests {
  let fixture = try! SafeTensors(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/contrast.safetensors")

  /// A model with the fixture's weights under a prefix, all of them and no others.
  func model<Model>(_ prefix: String, _ build: (Scope) -> Model) throws -> (model: Model, weights: Weights) {
    let start = prefix + ".weights."
    let named = try fixture.names.filter { $0.hasPrefix(start) }.map {
      (String($0.dropFirst(start.count)), try fixture.tensor($0))
    }
    let table = WeightTable(Dictionary(uniqueKeysWithValues: named), over: RandomWeights(seed: 1))
    let made = try Weights.make(from: table, tracked: true, build)
    #expect(Set(made.weights.entries.map(\.name)) == Set(named.map(\.0)))
    return made
  }

  func expectClose(_ found: Tensor, _ name: String, within bound: Float = 2e-5) throws {
    let expected = try fixture.tensor(name)
    #expect(found.shape.count == expected.shape.count, "\(name)")
    let largest = max(1e-2, expected.array.map(abs).max()!)
    let far = zip(found.array, expected.array).map { abs($0 - $1) }.max()!
    #expect(far <= bound * largest, "\(name): \(far) apart, of \(largest)")
  }

  func expectGradients(_ prefix: String, of loss: Tensor, _ weights: Weights?, inputs: [String: Tensor]) throws {
    let named = (weights?.entries ?? []).map { ("weights." + $0.name, $0.tensor) } + inputs.map { ($0.key, $0.value) }
    #expect(
      Set(named.map { "\(prefix).gradients.\($0.0)" })
        == Set(fixture.names.filter { $0.hasPrefix(prefix + ".gradients.") }))
    for ((name, _), gradient) in zip(named, gradients(of: loss, for: named.map(\.1))) {
      try expectClose(gradient, "\(prefix).gradients.\(name)", within: 1e-4)
    }
  }

  @Test func `The supervised contrastive loss is equation 5`() throws {
    let (loss, weights) = try model("supervised") {
      SupervisedContrast($0, audioWidth: 6, videoWidth: 4, width: 5, temperature: 0.2)
    }
    let sound = try fixture.tensor("supervised.sound").tracked
    let film = try fixture.tensor("supervised.film").tracked
    let value = loss(
      sound: ContrastFrames.rows(sound, frames: [0, 1, 2, 3]), film: ContrastFrames.rows(film, frames: [0, 1]),
      clips: 3)
    try expectClose(value, "supervised.loss")
    try expectGradients("supervised", of: value, weights, inputs: ["sound": sound, "film": film])
  }

  @Test func `A loss between streams that agree is smaller than between streams that do not`() throws {
    let (loss, _) = try Weights.make(from: Identity()) {
      SupervisedContrast($0, audioWidth: 3, videoWidth: 3, width: 3)
    }
    let film = Tensor(Shape(3, 3), [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let shifted = Tensor(Shape(3, 3), [0, 1, 0, 0, 0, 1, 1, 0, 0])
    #expect(loss(sound: film, film: film, clips: 3).scalar < 1e-3)
    #expect(loss(sound: shifted, film: film, clips: 3).scalar > 10)
  }

  /// Maps that change nothing.
  private struct Identity: WeightSource {
    var names: [String] { [] }
    func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
      tensor.data.update(repeating: 0, count: tensor.shape.count)
      guard tensor.shape.rank == 2 else { return }
      for index in 0..<tensor.shape[0] { tensor[index * tensor.shape[1] + index] = 1 }
    }
  }

  @Test func `The factorised loss is equation 6, and CLUB's critics learn from pairs alone`() throws {
    let (loss, weights) = try model("factors") {
      FactorContrast($0, audioWidth: 5, videoWidth: 4, width: 3, hidden: 5)
    }
    let names = ["x1", "y1", "x2", "y2"]
    let inputs = try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try fixture.tensor("factors." + $0).tracked) })
    let found = loss(
      sound: inputs["x1"]!, otherSound: inputs["y1"]!, film: inputs["x2"]!, otherFilm: inputs["y2"]!)
    let value = found.parts.reduce(0) { $0 + $1.value }
    try expectClose(Tensor(value), "factors.loss")
    try expectClose(Tensor(found.total.scalar - value), "factors.learning")
    // The fixture's gradients are the loss's, but the learning loss's for the critics of CLUB.
    try expectGradients("factors", of: found.total, weights, inputs: inputs)
  }

  private func errors(_ who: String, _ velocities: [String: Tensor]) throws -> FlowPreference.Errors {
    func of(_ which: String) throws -> Tensor {
      let velocity = try velocities["\(who).\(which)"] ?? fixture.tensor("preference.\(who).\(which)")
      return FlowPreference.errors(velocity, target: try fixture.tensor("preference.target.\(which)"))
    }
    return FlowPreference.Errors(preferred: try of("w"), control: try of("l"))
  }

  @Test func `Preference is equation 7, and the implicit accuracy is counted`() throws {
    let model = [
      "model.w": try fixture.tensor("preference.model.w").tracked,
      "model.l": try fixture.tensor("preference.model.l").tracked,
    ]
    let (ours, theirs) = (try errors("model", model), try errors("reference", [:]))
    let found = FlowPreference(beta: 3)(ours, reference: theirs)
    try expectClose(found.total, "preference.loss")
    try expectGradients("preference", of: found.total, nil, inputs: model)
    try expectClose(FlowPreference(beta: 3, anchor: 0.5)(ours, reference: theirs).total, "preference.anchored")
    let accuracy = try #require(found.parts.first { $0.name == "implicit accuracy" })
    try expectClose(Tensor(accuracy.value), "preference.accuracy")
  }

  @Test func `A network that is its own reference has no preference, and no margin overflows`() throws {
    let same = try errors("reference", [:])
    let found = FlowPreference()(same, reference: same)
    #expect(abs(found.total.scalar - Float(log(2.0))) < 1e-6)
    #expect(found.parts.first { $0.name == "implicit accuracy" }?.value == 0)
    let far = FlowPreference.Errors(preferred: same.preferred + 1e6, control: same.control)
    let loss = FlowPreference()(far, reference: same).total.scalar
    #expect(abs(loss / 1e9 - 1) < 1e-4)
  }

  @Test func `Frames are drawn one from each part of a clip, and no more than there are`() {
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    for _ in 0..<50 {
      let drawn = ContrastFrames.drawn(4, of: 10, &random)
      #expect(zip(drawn, [0..<2, 2..<5, 5..<7, 7..<10]).allSatisfy { $1.contains($0) } && drawn.count == 4)
    }
    #expect(ContrastFrames.drawn(9, of: 3, &random) == [0, 1, 2])
    let x = Tensor(Shape(2, 3, 1), [1, 2, 3, 4, 5, 6])
    #expect(ContrastFrames.rows(x, frames: [0, 2]).array == [1, 3, 4, 6])
  }

  @Test func `Another view is noisier, or lacks features, or is the same, and gradients reach what it kept`() {
    var random = ShardRandom(seed: 2, step: 1, shard: 0)
    let x = Tensor(repeating: 2, Shape(300, 20)).tracked
    let view = FeatureView.drawn(x, &random)
    let slopes = gradients(of: mean(view) * Float(view.shape.count), for: [x])[0]
    var kinds = [0, 0, 0]
    for row in 0..<300 {
      let values = (0..<20).map { view[row * 20 + $0] }
      let isKept = values.map { $0 == 2 }
      if isKept.allSatisfy({ $0 }) {
        kinds[0] += 1
      } else if values.allSatisfy({ $0 == 2 || $0 == 0 }) {
        kinds[1] += 1
        for index in 0..<20 { #expect(slopes[row * 20 + index] == (values[index] == 0 ? 0 : 1)) }
      } else {
        kinds[2] += 1
        let deviation = (values.reduce(0) { $0 + ($1 - 2) * ($1 - 2) } / 20).squareRoot()
        #expect(0.05...0.4 ~= deviation)
        for index in 0..<20 { #expect(slopes[row * 20 + index] == 1) }
      }
    }
    #expect(kinds.allSatisfy { 60...140 ~= $0 }, "\(kinds)")
  }
}
