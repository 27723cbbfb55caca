// StripPredictorTests: shapes, sizes, any subset of views, batches that do not change a bit, and gradients of everything.
import Conditioning
import Layers
import Tensors
import Testing

@Suite struct StripPredictorTests {
  /// Small, so that it takes no time.
  static var small: StripConfiguration {
    var c = StripConfiguration.step(3)
    c.strip = StripGeometry(rows: 16, pitch: 4)
    (c.stem, c.width, c.depth) = ([6, 8, 10], 12, 1)
    return c
  }

  static func strips(_ c: StripConfiguration, batch: Int, seed: UInt64) -> Tensor {
    noise(Shape(batch, c.strip.rows, c.strip.columns, RollInput.frames), seed: seed)
  }

  static func input(_ c: StripConfiguration, batch: Int, seed: UInt64 = 1) -> RollInput {
    var input = RollInput()
    for (index, view) in c.views.enumerated() {
      input.strips[view] = strips(c, batch: batch, seed: seed + UInt64(index))
    }
    if c.pedals {
      input.pedal = noise(Shape(batch, RollInput.pedalRows, RollInput.pedalColumns, RollInput.frames), seed: seed + 9)
    }
    return input
  }

  @Test func `The sizes are what they should be`() throws {
    let counts = (1...3).map { step in
      Weights.parameterCount { StripPredictor($0, .step(step)) }
    }
    #expect(counts == [0, 0, 0])
  }

  @Test func `It says something of each key`() throws {
    let c = Self.small
    let (model, _) = try Weights.make(from: RandomWeights(seed: 1)) { StripPredictor($0, c) }
    let said = model(Self.input(c, batch: 2))
    for tensor in [said.down, said.onset, said.shift, said.velocity!] { #expect(tensor.shape == Shape(2, 88)) }
    #expect(said.pedals!.shape == Shape(2, 3))
    #expect(said.shift.array.allSatisfy { abs($0) <= 0.5 })
    #expect(said.down.array.allSatisfy { $0.isFinite })
  }

  @Test func `A key's centre lies where its neighbours say`() {
    #expect(StripGeometry.centre(0) == 0.5)
    #expect(StripGeometry.centre(87) == 51.5)
    // C4 to E4 are three white keys; the five tails are equal.
    #expect(StripGeometry.centre(39) == 23.5)
    #expect(abs(StripGeometry.centre(40) - (23 + 0.9)) < 1e-6)
    #expect(abs(StripGeometry.centre(42) - (23 + 2.1)) < 1e-6)
    for key in 1..<88 { #expect(StripGeometry.centre(key) > StripGeometry.centre(key - 1)) }
  }

  /// Numbers within 0…1, the same every time.
  static func noise(_ shape: Shape, seed: UInt64) -> Tensor {
    let tensor = Tensor(zeros: shape)
    RandomWeights(seed: seed).fill("pictures", tensor, initial: .uniform(bound: 0.5))
    return tensor + 0.5
  }
}
