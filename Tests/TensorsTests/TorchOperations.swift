// TorchOperations: the same operations on PyTorch, where there is one: what they compute and their gradients are those of
// the native kernels, to what float32 sums in another order leave.
import Tensors
import Testing
import Torch

@Suite(.serialized) struct TorchOperations {
  static let cases = Operations.cases + SignalOperations.cases + PictureOperations.cases
  static let library = Result { try TorchLibrary(threads: 2) }

  @Test(arguments: cases.indices) func `An operation is the native one`(_ index: Int) throws {
    let (name, inputs, operation) = Self.cases[index]
    guard case .success(let library) = Self.library else { return print("no libtorch: \(name) was not tried on it") }
    let engine = try TorchEngine(library)
    func computed() -> [Tensor] {
      let leaves = inputs.map { Tensor($0.shape, $0.array).tracked }
      let result = operation(leaves)
      let weights = sample(result.shape.count, seed: 77).reshaped(result.shape)
      return [result.untracked] + gradients(of: mean(result * weights), for: leaves)
    }
    let native = computed()
    let here = engine.perform(computed)
    try engine.check()
    #expect(engine.fallbacks.isEmpty, "\(name): \(engine.fallbacks)")
    for (one, other) in zip(native, here) {
      let largest = one.array.reduce(Float(1e-4)) { max($0, abs($1)) }
      for (a, b) in zip(one.array, other.array) { #expect(abs(a - b) <= 2e-5 * largest, "\(name): \(a), \(b)") }
    }
  }

  @Test func `What has no elements stays on the host`() throws {
    guard case .success(let library) = Self.library else { return print("no libtorch: empty tensors were not tried") }
    let engine = try TorchEngine(library)
    engine.perform {
      #expect(Convolution(taps: 4)(sample(2, 3, 4), sample(5, 16)).shape == Shape(2, 0, 5))
      #expect(concatenate([sample(2, 0, 4), sample(2, 3, 4)], axis: 1).array == sample(2, 3, 4).array)
    }
    try engine.check()
  }
}
