// OptimiserTests: AdamW against PyTorch's, the schedule's corners, and the average.
import Foundation
import Tensors
import Testing
import Training

@Suite struct OptimiserTests {
  @Test func `AdamW with decay, clipping and a falling rate is PyTorch's`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let fixture = try SafeTensors(path: folder.appendingPathComponent("adamw.safetensors").path)
    let weights = try Weights.make(from: RandomWeights(seed: 1), tracked: true) { w in
      (w("matrix", 5, 7, initial: .zeros), w("vector", 9, initial: .zeros))
    }.weights
    for entry in weights.entries { try fixture.fill("start." + entry.name, entry.tensor, initial: .zeros) }
    let state = OptimiserState(weights)
    let gradient = Storage(weights.flat.count)
    for step in 1...10 {
      var offset = 0
      for entry in weights.entries {
        let given = try fixture.tensor("gradient.\(step).\(entry.name)")
        (gradient.data + offset).update(from: given.data, count: given.shape.count)
        offset += given.shape.count
      }
      let norm = (0..<offset).reduce(Float(0)) { $0 + gradient.data[$1] * gradient.data[$1] }.squareRoot()
      #expect(abs(norm - (try fixture.tensor("norm.\(step)"))[0]) < 1e-4 * norm)
      for part in 0..<state.partCount {
        state.update(
          part: part, AdamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, decay: 0.1), step: step, rate: 0.02 / Float(step),
          gradient: gradient, scale: min(1, 2 / (norm + 1e-6)))
      }
      for entry in weights.entries {
        let expected = try fixture.tensor("weights.\(step).\(entry.name)")
        for index in 0..<expected.shape.count {
          #expect(abs(entry.tensor[index] - expected[index]) < 1e-6, "step \(step), \(entry.name)[\(index)]")
        }
      }
    }
  }

  @Test func `A schedule warms up to its peak and ends at its floor`() {
    let linear = Schedule(peak: 2, warmUp: 10, steps: 110, decay: .linear, floor: 0.1)
    #expect(linear.rate(1) == 0.2)
    #expect(linear.rate(10) == 2)
    #expect(abs(linear.rate(60) - 1.1) < 1e-6)
    #expect(abs(linear.rate(110) - 0.2) < 1e-6)
    #expect(linear.rate(1000) == linear.rate(110))
    let cosine = Schedule(peak: 1, steps: 100, decay: .cosine, floor: 0)
    #expect(abs(cosine.rate(50) - 0.5) < 1e-6)
    #expect(cosine.rate(25) > 0.8 && cosine.rate(75) < 0.2)
    #expect(Schedule(peak: 3, warmUp: 2, steps: 9, decay: .constant).rate(9) == 3)
  }

  @Test func `The average follows the weights, and lends itself without a trace`() throws {
    let (model, weights) = try Weights.make(from: RandomWeights(seed: 1)) { w in w("only", 4, initial: .ones) }
    let average = ExponentialAverage(weights, decay: 0.5)
    for index in 0..<4 { model[index] = Float(index) }
    average.update(step: 100)
    let seen = average.lent { model.array }
    #expect(seen == [0.5, 1, 1.5, 2])
    #expect(model.array == [0, 1, 2, 3])
    #expect(Array(UnsafeBufferPointer(start: average.flat.data, count: 4)) == seen)
    // At the beginning less is kept of what the weights were before training.
    for index in 0..<4 { model[index] = 10 }
    average.update(step: 1)
    #expect(average.flat.data[0] > 8)
  }
}
