// TorchEngineTests: values between host and device, what falls back and is said to, and a self-test that can fail.
import Tensors
import Testing
import Torch

private func ramp(_ sizes: Int...) -> Tensor {
  let shape = Shape(sizes)
  return Tensor(shape, (0..<shape.count).map { Float($0) / 4 - 1 })
}

/// A primitive that PyTorch knows nothing of: y = x + 1, with a gradient that reads on the host.
private struct Unknown: Primitive {
  func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  func run(_ inputs: Views, _ output: View) {
    for index in 0..<output.shape.count { output.data[index] = inputs[0].data[index] + 1 }
  }
  func gradients(_ step: Step) -> [Tensor?] { [Tensor(step.upstream.shape, step.upstream.array)] }
}

@Suite(.serialized) struct TorchEngineTests {
  @Test func `A thread outside of the engine computes natively`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    #expect(Engine.current == nil)
    let inside = engine.perform { () -> Bool in
      _ = ramp(2, 3) + ramp(2, 3)
      return Engine.current === engine
    }
    #expect(inside && Engine.current == nil)
    let once = engine.computed
    _ = ramp(2, 3) + ramp(2, 3)
    #expect(once == 1 && engine.computed == 1)
  }

  @Test func `What the host writes between two uses is seen by the second`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    for precision in [engine, try #require(try FoundTorch.engine(.bfloat16))] {
      let x = ramp(1, 2)
      let weight = Tensor(Shape(1, 2), [1, 1])
      precision.perform {
        x[0] = 2
        x[1] = 4
        #expect(LinearMap()(x, weight).scalar == 6)
        x.data[0] = 8
        #expect(LinearMap()(x, weight).scalar == 12)
        weight[1] = 0
        #expect(LinearMap()(x, weight).scalar == 8)
      }
      try precision.check()
    }
  }

  @Test func `Results do not share memory with what they came from`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    let x = ramp(4, 3)
    let parts = engine.perform {
      [x * 1, x.slice(axis: 0, start: 1, length: 2), Activation(.identity)(x), x + Tensor(zeros: Shape(1))]
    }
    let before = parts.map(\.array)
    for index in 0..<12 { x[index] = 99 }
    #expect(parts.map(\.array) == before)
  }

  @Test func `What PyTorch does not know falls back, is right, and is counted`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    let x = ramp(2, 3).tracked
    let found = engine.perform { () -> (Tensor, Tensor) in
      let y = Unknown()(x * 2)
      return (y.untracked, gradients(of: mean(y * y), for: [x])[0])
    }
    try engine.check()
    for index in 0..<6 {
      let y = 2 * x[index] + 1
      #expect(abs(found.0[index] - y) < 1e-6 && abs(found.1[index] - 2 * y * 2 / 6) < 1e-6)
    }
    #expect(engine.fallbacks == ["Unknown": 1, "gradient of Unknown": 1])
  }

  @Test func `A self-test passes what agrees and refuses what does not`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    #expect(engine.selfTest().failed.isEmpty)
    let wrong = SelfTestCase("half as much again on an engine", [Affine.self], [ramp(2, 3)]) {
      Engine.current == nil ? $0[0] * 2 : $0[0] * 3
    }
    let failed = engine.selfTest([wrong]).failed
    #expect(failed.count == 1 && failed[0].forward > 0.3 && failed[0].fault == nil)
    let idle = SelfTestCase("nothing for PyTorch", [], [ramp(2)], constants: 1) { $0[0] }
    #expect(engine.selfTest([idle]).failed.first?.fault == "PyTorch was not asked")
    // From now on the native kernel does it.
    engine.perform { #expect((ramp(2, 3) * 2).array == ramp(2, 3).array.map { 2 * $0 }) }
    #expect(engine.fallbacks["Affine"] == 1)
  }

  @Test func `A failure is kept for the check, and what follows is computed natively`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    engine.failed(TorchError("out of memory"))
    let error = #expect(throws: TorchError.self) { try engine.check() }
    #expect(error == TorchError("out of memory"))
    try engine.check()
  }
}
