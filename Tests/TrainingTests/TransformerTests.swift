// TransformerTests: two layers compute, learn and go on learning as the same two layers do in PyTorch.
import Foundation
import Layers
import Tensors
import Testing
import Training

/// What Fixtures/transformer.py builds.
private struct Classifier {
  let input: Linear, blocks: [TransformerBlock], output: Linear

  init(_ w: Scope) {
    input = Linear(w / "input", inputs: 5, outputs: 16)
    blocks = (0..<2).map { TransformerBlock(w / "blocks" / $0, width: 16, heads: 2, expansion: 2) }
    output = Linear(w / "output", inputs: 16, outputs: 7)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let frames = x.shape[1]
    let mask = Tensor(zeros: Shape(frames, frames))
    for query in 0..<frames {
      for key in query + 1..<max(frames, query + 1) { mask[query * frames + key] = -.infinity }
    }
    let positions = Tensor(Shape(frames), (0..<frames).map(Float.init))
    var past: KeyValue?
    let place = Placement(queries: positions, keys: positions, mask: mask)
    return output(blocks.reduce(input(x)) { $1($0, place, past: &past) })
  }

  /// Cross entropy: the mean of −ln of the probability of each frame's label.
  func loss(_ x: Tensor, labels: Tensor) -> (logits: Tensor, loss: Tensor) {
    let logits = self(x)
    return (logits, mean(log(softmax(logits), floor: 1e-30) * labels) * Float(-labels.shape.width))
  }
}

@Suite struct TransformerTests {
  @Test func `Logits, loss, every gradient and ten losses of training are PyTorch's`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let fixture = try SafeTensors(path: folder.appendingPathComponent("transformer.safetensors").path)
    let (model, weights) = try Weights.make(from: RandomWeights(seed: 1), tracked: true) { Classifier($0) }
    #expect(Set(weights.entries.map { "weights." + $0.name }) == Set(fixture.names.filter { $0.hasPrefix("weights.") }))
    for entry in weights.entries { try fixture.fill("weights." + entry.name, entry.tensor, initial: .zeros) }
    let x = try fixture.tensor("x")
    let labels = try fixture.tensor("labels")
    let losses = try fixture.tensor("losses")
    let state = OptimiserState(weights)
    let flat = Storage(weights.flat.count)
    for step in 1...10 {
      let (logits, loss) = model.loss(x, labels: labels)
      #expect(abs(loss.scalar - losses[step - 1]) < 1e-5 * losses[step - 1], "loss of step \(step)")
      let found = gradients(of: loss, for: weights.parameters)
      if step == 1 {
        try expectClose(logits, fixture.tensor("logits"), "logits")
        for (entry, gradient) in zip(weights.entries, found) {
          try expectClose(gradient, fixture.tensor("gradients." + entry.name), entry.name)
        }
      }
      for (parameter, gradient) in zip(weights.parameters, found) {
        (flat.data + (parameter.data - weights.flat.data)).update(from: gradient.data, count: gradient.shape.count)
      }
      for part in 0..<state.partCount {
        state.update(
          part: part, AdamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1), step: step, rate: 0.01, gradient: flat,
          scale: 1)
      }
    }
    #expect(losses[9] < 0.5 * losses[0])
  }

  private func expectClose(_ found: Tensor, _ expected: Tensor, _ what: String) {
    #expect(found.shape == expected.shape)
    let largest = expected.array.map(abs).max() ?? 0
    for index in 0..<min(found.shape.count, expected.shape.count) {
      #expect(abs(found[index] - expected[index]) < 1e-5 * largest, "\(what), element \(index)")
    }
  }
}
