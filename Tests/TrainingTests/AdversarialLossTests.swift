// AdversarialLossTests: discriminators, their losses, the mel loss and the balancer against PyTorch, gradients too.
import Foundation
import Tensors
import Testing
import Training

@Suite struct AdversarialLossTests {
  let fixture = try! SafeTensors(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/adversarial.safetensors")

  func expectClose(_ found: Tensor, _ name: String, within bound: Float = 2e-5) throws {
    let expected = try fixture.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    guard found.shape == expected.shape else { return }
    let largest = max(1e-3, expected.array.map(abs).max()!)
    let far = zip(found.array, expected.array).map { abs($0 - $1) }.max()!
    #expect(far < bound * max(1, largest), "\(name): \(far) apart, of \(largest)")
  }

  func discriminator(
    _ spectra: STFTDiscriminator.Spectra
  ) throws -> (model: MultiScaleDiscriminator, weights: Weights, prefix: String) {
    var c = DiscriminatorConfiguration()
    (c.windows, c.filters, c.spectra) = ([64, 32], 4, spectra)
    let prefix = spectra == .complex ? "" : "log"
    let names = fixture.names.filter { name in
      name.hasPrefix("weights.\(prefix)6") || name.hasPrefix("weights.\(prefix)3")
    }
    let named = try names.map {
      (String($0.dropFirst("weights.\(prefix)".count)), try fixture.tensor($0))
    }
    let table = WeightTable(Dictionary(uniqueKeysWithValues: named), over: RandomWeights(seed: 1))
    let (model, weights) = try Weights.make(from: table, tracked: true) { MultiScaleDiscriminator($0, c) }
    #expect(Set(weights.entries.map(\.name)) == Set(named.map(\.0)))
    return (model, weights, prefix)
  }

  @Test(arguments: STFTDiscriminator.Spectra.allCases)
  func `Scores, losses and gradients are PyTorch's`(_ spectra: STFTDiscriminator.Spectra) throws {
    let (model, weights, prefix) = try discriminator(spectra)
    let kind = spectra.rawValue
    let output = try fixture.tensor("output").tracked
    let real = model(try fixture.tensor("target"))
    let made = model(output)
    for (window, judgement) in zip([64, 32], made) {
      try expectClose(judgement.score, "\(kind).\(window).score")
      try expectClose(judgement.features[2], "\(kind).\(window).feature")
    }
    let opposed = [("codec", HingeLoss.codec(made: made)), ("features", FeatureLoss.value(made, real: real))]
    for (name, loss) in opposed {
      try expectClose(loss, "\(kind).\(name)")
      try expectClose(gradients(of: loss, for: [output])[0], "\(kind).\(name).gradient", within: 1e-4)
    }
    let loss = HingeLoss.discriminator(real: real, made: made)
    try expectClose(loss, "\(kind).discriminator")
    for (entry, slope) in zip(weights.entries, gradients(of: loss, for: weights.parameters)) {
      try expectClose(slope, "\(kind).slope.\(prefix)\(entry.name)", within: 1e-4)
    }
  }

  @Test func `The mel loss is PyTorch's`() throws {
    let output = try fixture.tensor("mel.output").tracked
    let loss = MelLoss(sampleRate: 24000)(output, target: try fixture.tensor("mel.target"))
    try expectClose(loss, "mel")
    try expectClose(gradients(of: loss, for: [output])[0], "mel.gradient", within: 2e-4)
  }

  @Test func `The mel loss passes over windows that are longer than the sound`() {
    let short = Tensor(repeating: 0.1, Shape(1, 600))
    #expect(MelLoss(sampleRate: 24000)(short, target: short * 2).scalar.isFinite)
  }

  @Test func `The balancer gives each loss its share, whatever its scale`() throws {
    let balancer = LossBalancer(weights: [1, 0.5, 3], decay: 0.9)
    for step in 0..<6 {
      let found = try (0..<(step < 2 ? 2 : 3)).map { try fixture.tensor("balance.\(step).\($0)") }
      let (gradient, norms) = balancer.balance(found)
      try expectClose(gradient, "balance.\(step)")
      balancer.update(norms)
    }
  }

  @Test func `A gradient of zero is balanced to zero`() {
    let balancer = LossBalancer(weights: [1, 1])
    let zero = Tensor(zeros: Shape(1, 8))
    balancer.update(balancer.balance([zero, zero]).norms)
    #expect(balancer.balance([zero, zero]).gradient.array == zero.array)
  }

  @Test func `Waveforms are as far apart as their samples`() {
    let loss = WaveformLoss.value(Tensor(Shape(1, 4), [1, 2, 3, 4]), target: Tensor(Shape(1, 4), [1, 0, 4, 4]))
    #expect(loss.scalar == 0.75)
  }
}
