// StripPredictorTests: shapes, sizes, any subset of views, windows that do not see each other, and gradients of everything.
import Conditioning
import Layers
import Tensors
import Testing

@Suite struct StripPredictorTests {
  let model: StripPredictor, weights: Weights

  init() throws {
    (model, weights) = try Weights.make(from: RandomWeights(seed: 1), tracked: true) {
      StripPredictor($0, smallPredictor)
    }
    // Gates and places begin at zero, where half of what can go wrong does not show.
    for (index, entry) in weights.entries.enumerated() where entry.tensor.array.allSatisfy({ $0 == 0 }) {
      RandomWeights(seed: UInt64(index)).fill("start", entry.tensor, initial: .uniform(bound: 0.3))
    }
  }

  @Test func `The three steps are small`() throws {
    let counts = (1...3).map { step in Weights.parameterCount { StripPredictor($0, .step(step)) } }
    #expect(counts == [237_284, 605_737, 752_860])
  }

  @Test func `It says something of each key`() {
    let said = model(windows(smallPredictor, RollView.allCases, batch: 2))
    for tensor in [said.down, said.onset, said.shift, said.velocity!, said.height!] {
      #expect(tensor.shape == Shape(2, 88))
    }
    #expect(said.pedals!.shape == Shape(2, 3))
    #expect(said.shift.array.allSatisfy { abs($0) <= 0.5 })
    #expect(said.down.array.allSatisfy { $0.isFinite })
  }

  @Test func `A view that a window has not is as good as none`() {
    let all = windows(smallPredictor, RollView.keys, batch: 2)
    var some = all
    // The first window has lost its left view and the second its top and front.
    some.presence = Tensor(Shape(2, 4), [1, 0, 1, 1, 0, 1, 1, 0])
    let said = model(some).down.array
    for (window, lost) in [(0, [RollView.left]), (1, [.top, .front])] {
      var rest = RollInput()
      for (view, strip) in all.strips where !lost.contains(view) {
        rest.strips[view] = strip.slice(axis: 0, start: window, length: 1)
      }
      for (a, b) in zip(model(rest).down.array, said[(window * 88)...]) { #expect(abs(a - b) < 1e-5) }
    }
    #expect(zip(model(all).down.array, said).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `A picture at a key changes what is said there most`() {
    let plain = greys(Shape(1, 16, 208, 5), seed: 3)
    let before = model(RollInput(strips: [.top: plain])).down.array
    /// The middle of the change.
    func changed(_ column: Int) -> Float {
      let lit = Tensor(plain.shape, plain.array)
      for row in 0..<16 { for x in -2...2 { lit[(row * 208 + column + x) * 5 + 2] = 1 } }
      let squares = zip(model(RollInput(strips: [.top: lit])).down.array, before).map { ($0 - $1) * ($0 - $1) }
      return squares.enumerated().reduce(0) { $0 + Float($1.offset) * $1.element } / squares.reduce(0, +)
    }
    // Middle C is the 24th white key and the 40th key; two octaves above it is the 64th.
    #expect(abs(changed(23 * 4 + 2) - 39) < 3)
    #expect(abs(changed(37 * 4 + 2) - 63) < 3)
  }

  @Test func `A key's centre lies where its neighbours say`() {
    #expect(abs(StripGeometry.centre(0) - 0.5) < 1e-6)
    #expect(abs(StripGeometry.centre(87) - 51.5) < 1e-5)
    // C4 to E4 are three white keys; the five tails are equal.
    #expect(abs(StripGeometry.centre(39) - 23.5) < 1e-5)
    #expect(abs(StripGeometry.centre(40) - (23 + 0.9)) < 1e-5)
    #expect(abs(StripGeometry.centre(42) - (23 + 2.1)) < 1e-5)
    for key in 1..<88 { #expect(StripGeometry.centre(key) > StripGeometry.centre(key - 1)) }
  }

  @Test func `Gradients of all weights are what differences say`() {
    let input = windows(smallPredictor, RollView.allCases, batch: 2)
    func loss() -> Tensor {
      let said = model(input)
      // Without what answers begin at, whose squares would drown the differences in rounding.
      let parts = [said.down + 3, said.onset + 5, said.shift * 5, said.velocity!, said.height!, said.pedals!]
        .map { meanSquare($0) }
      return parts.dropFirst().reduce(parts[0], +)
    }
    let found = gradients(of: loss(), for: weights.parameters)
    for (entry, gradient) in zip(weights.entries, found) {
      // Along the gradient itself the loss rises by its square.
      let square = gradient.array.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(square > 0, "\(entry.name) moves nothing")
      guard square > 1e-8 else { continue }
      let start = entry.tensor.array
      func moved(_ step: Float) -> Double {
        for index in start.indices { entry.tensor[index] = start[index] + step * gradient[index] }
        return Double(loss().scalar)
      }
      let step = Float(2e-3 / square.squareRoot())
      let slope = (moved(step) - moved(-step)) / Double(2 * step)
      _ = moved(0)
      #expect(abs(slope - square) <= 0.06 * square + 1e-3 * square.squareRoot(), "\(entry.name): \(slope), \(square)")
    }
  }

  @Test func `It learns a window by heart`() {
    let input = windows(smallPredictor, [.top], batch: 4)
    let truth = greys(Shape(4, 88), seed: 5).array.map { $0 > 0.8 ? Float(1) : 0 }
    func loss() -> Tensor { meanSquare(sigmoid(model(input).down) - Tensor(Shape(4, 88), truth)) }
    let first = loss().scalar
    var speed = weights.parameters.map { [Float](repeating: 0, count: $0.shape.count) }
    for _ in 0..<60 {
      for (place, (weight, gradient)) in zip(weights.parameters, gradients(of: loss(), for: weights.parameters))
        .enumerated()
      {
        for index in speed[place].indices {
          speed[place][index] = 0.9 * speed[place][index] - 0.3 * gradient[index]
          weight[index] += speed[place][index]
        }
      }
    }
    #expect(loss().scalar < 0.5 * first, "\(first) became \(loss().scalar)")
  }
}
