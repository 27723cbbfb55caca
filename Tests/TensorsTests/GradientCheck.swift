// GradientCheck: what every operation is held against: finite differences, and the same operation inside a Program.
import Glibc
import Tensors
import Testing

/// Numbers that no symmetry makes easy, in ±1, the same at every run.
func sample(_ sizes: Int..., seed: UInt64 = 1) -> Tensor {
  let tensor = Tensor(zeros: Shape(sizes))
  RandomWeights(seed: seed).fill("sample", tensor, initial: .uniform(bound: 1))
  return tensor
}

/// Checks the gradient of Σ wᵢ·f(x)ᵢ with random w by central differences, at up to `most` elements of every input.
func checkGradient(
  _ inputs: [Tensor], most: Int = 24, tolerance: Float = 2e-2, step: Float = 1e-2,
  sourceLocation: SourceLocation = #_sourceLocation, _ operation: ([Tensor]) -> Tensor
) {
  let leaves = inputs.map { Tensor($0.shape, $0.array).tracked }
  let weights = sample(operation(inputs).shape.count, seed: 77).reshaped(operation(inputs).shape)
  func loss(_ x: [Tensor]) -> Double {
    let y = operation(x)
    return (0..<y.shape.count).reduce(0.0) { $0 + Double(y[$1]) * Double(weights[$1]) }
  }
  let count = Float(weights.shape.count)
  let found = gradients(of: mean(operation(leaves) * weights) * count, for: leaves)
  for (position, input) in inputs.enumerated() {
    let stride = max(1, input.shape.count / most)
    for index in Swift.stride(from: 0, to: input.shape.count, by: stride) {
      var moved = inputs
      let high = Tensor(input.shape, input.array)
      let low = Tensor(input.shape, input.array)
      high[index] += step
      low[index] -= step
      moved[position] = high
      let above = loss(moved)
      moved[position] = low
      let expected = Float((above - loss(moved)) / Double(high[index] - low[index]))
      #expect(
        abs(found[position][index] - expected) <= tolerance * max(1, abs(expected)),
        "input \(position), element \(index): \(found[position][index]), differences say \(expected)",
        sourceLocation: sourceLocation)
    }
  }
}

/// Checks that a Program computes the same bits as the eager run, its first `tracked` inputs being variable.
func checkProgram(
  _ inputs: [Tensor], variable: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  _ operation: ([Tensor]) -> Tensor
) {
  let count = variable ?? inputs.count
  let expected = operation(inputs).array
  let leaves = inputs.enumerated().map { $0 < count ? $1.tracked : $1 }
  let program = Program(inputs: Array(leaves.prefix(count)), outputs: [operation(leaves)])
  for _ in 0..<2 {
    program.run()
    let found = Array(UnsafeBufferPointer(start: program.outputs[0].data, count: expected.count))
    #expect(found == expected, sourceLocation: sourceLocation)
  }
}
