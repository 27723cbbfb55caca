// Layers over time: the same values and gradients as PyTorch's, and the same bits whatever pieces a signal comes in.
import Glibc
import Layers
import Tensors
import Testing

private func sample(_ sizes: Int..., seed: UInt64 = 1) -> Tensor {
  let tensor = Tensor(zeros: Shape(sizes))
  RandomWeights(seed: seed).fill("sample", tensor, initial: .uniform(bound: 1))
  return tensor
}

/// A layer with its state laid out as tensors.
private struct Streamed {
  let silence: [Tensor]
  let call: (Tensor, inout [Tensor]) -> Tensor

  init(_ layer: Conv1d) {
    silence = [layer.silence(batch: 2)]
    call = { layer($0, past: &$1[0]) }
  }
  init(_ layer: DepthwiseConv1d) {
    silence = [layer.silence(batch: 2)]
    call = { layer($0, past: &$1[0]) }
  }
  init(_ layer: ConvTranspose1d) {
    silence = [layer.silence(batch: 2)]
    call = { layer($0, past: &$1[0]) }
  }
  init(_ layer: LSTM) {
    silence = layer.silence(batch: 2).flatMap { [$0.hidden, $0.cell] }
    call = { x, tensors in
      var state = stride(from: 0, to: tensors.count, by: 2).map {
        LSTM.State(hidden: tensors[$0], cell: tensors[$0 + 1])
      }
      let y = layer(x, state: &state)
      tensors = state.flatMap { [$0.hidden, $0.cell] }
      return y
    }
  }
}

@Suite struct SignalLayersTests {
  static let names = ["conv", "dilated", "depthwise", "transpose", "lstm"]

  private static func make(
    _ name: String, from source: any WeightSource, tracked: Bool = false
  ) throws -> (model: Streamed, weights: Weights) {
    try Weights.make(from: source, tracked: tracked) { w in
      switch name {
      case "conv": Streamed(Conv1d(w, inputs: 5, outputs: 35, taps: 4, stride: 2))
      case "dilated": Streamed(Conv1d(w, inputs: 5, outputs: 3, taps: 3, dilation: 3, bias: false))
      case "depthwise": Streamed(DepthwiseConv1d(w, channels: 5, taps: 3))
      case "transpose": Streamed(ConvTranspose1d(w, inputs: 5, outputs: 3, taps: 7, stride: 3))
      case "pointwise": Streamed(Conv1d(w, inputs: 5, outputs: 3, taps: 1))
      default: Streamed(LSTM(w, inputs: 5, width: 7, layers: 2))
      }
    }
  }

  @Test(arguments: names) func equalsPyTorch(_ name: String) throws {
    let path = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let file = try SafeTensors(path: path + "/Fixtures/signal-layers.safetensors", prefix: name + ".")
    let known = Set(["x", "y", "probe"] + file.names.filter { $0.hasPrefix("gradient.") })
    let (model, weights) = try Self.make(name, from: Part(file: file, left: known), tracked: true)
    let x = try file.tensor("x").tracked
    var state = model.silence
    let y = model.call(x, &state)
    expectClose(y, try file.tensor("y"), "output")
    let loss = mean(y * (try file.tensor("probe"))) * Float(y.shape.count)
    let found = gradients(of: loss, for: [x] + weights.parameters)
    for (gradient, leaf) in zip(found, ["x"] + weights.entries.map(\.name)) {
      expectClose(gradient, try file.tensor("gradient." + leaf), leaf)
    }
  }

  @Test(arguments: names + ["pointwise"], [1, 2, 3, 7])
  func piecesEqualTheWhole(_ name: String, _ piece: Int) throws {
    let model = try Self.make(name, from: RandomWeights(seed: 4)).model
    let step = name == "conv" ? 2 : 1
    let frames = 42 * step
    let x = sample(2, frames, 5)
    var state = model.silence
    let whole = model.call(x, &state)
    let produced = whole.shape[1] * piece * step / frames

    state = model.silence
    let leaf = sample(2, piece * step, 5).tracked
    let leaves = model.silence.map(\.tracked)
    var after = leaves
    let output = model.call(leaf, &after)
    let program = Program(inputs: [leaf] + leaves, outputs: [output] + after, carry: after.count)

    for (index, start) in stride(from: 0, to: frames, by: piece * step).enumerated() {
      let part = x.slice(axis: 1, start: start, length: piece * step)
      let expected = whole.slice(axis: 1, start: index * produced, length: produced).array
      #expect(model.call(part, &state).array == expected, "piece \(index), eager")
      program.inputs[0].data.update(from: part.data, count: part.shape.count)
      program.run()
      let found = UnsafeBufferPointer(start: program.outputs[0].data, count: expected.count)
      #expect(Array(found) == expected, "piece \(index), program")
    }
  }

  @Test(arguments: names) func weightsThatTrainingChangesAreHeard(_ name: String) throws {
    let (model, weights) = try Self.make(name, from: RandomWeights(seed: 4), tracked: true)
    let x = sample(2, 6, 5)
    for entry in weights.entries {
      var state = model.silence
      let before = model.call(x, &state).array
      for index in 0..<entry.tensor.shape.count { entry.tensor[index] += 0.1 }
      state = model.silence
      #expect(model.call(x, &state).array != before, "\(entry.name)")
    }
  }

  private func expectClose(_ found: Tensor, _ expected: Tensor, _ what: String) {
    #expect(found.shape == expected.shape)
    for index in 0..<min(found.shape.count, expected.shape.count) {
      let bound = 2e-5 * max(1, abs(expected[index]))
      #expect(abs(found[index] - expected[index]) < bound, "\(what), element \(index)")
    }
  }
}

/// The weights of a fixture, without its inputs and results.
private struct Part: WeightSource {
  let file: SafeTensors
  let left: Set<String>
  var names: [String] { file.names.filter { !left.contains($0) } }
  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    try file.fill(name, tensor, initial: initial)
  }
}
