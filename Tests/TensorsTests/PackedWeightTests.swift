// PackedWeightTests: programs that are recorded from the same constant share its panels, and nobody else does.
import Tensors
import Testing

@Suite struct PackedWeightTests {
  private func weight(_ seed: UInt64) -> Tensor {
    let tensor = Tensor(zeros: Shape(64, 48))
    RandomWeights(seed: seed).fill("weight", tensor, initial: .uniform(bound: 1))
    return tensor
  }

  @Test func `A weight is packed once, in each precision`() {
    let one = weight(1)
    let packed = PackedWeight.of(one, precision: .float32)
    #expect(PackedWeight.of(one, precision: .float32) === packed)
    #expect(PackedWeight.of(one, precision: .bfloat16) !== packed)
    // The same values elsewhere are another weight, and so is another shape of the same memory.
    #expect(PackedWeight.of(weight(1), precision: .float32) !== packed)
    #expect(PackedWeight.of(one.reshaped(48, 64), precision: .float32) !== packed)
  }

  @Test func `Panels go with the last program that reads them, and are made anew`() {
    let one = weight(1)
    weak var gone: PackedWeight?
    do {
      let packed = PackedWeight.of(one, precision: .float32)
      gone = packed
      #expect(gone != nil)
    }
    #expect(gone == nil)
    let anew = PackedWeight.of(one, precision: .float32)
    #expect(PackedWeight.of(one, precision: .float32) === anew)
  }

  @Test func `A second program takes no memory for weights, and computes the same`() {
    let one = weight(1)
    let bias = Tensor(zeros: Shape(64))
    func program() -> Program {
      let x = Tensor(repeating: 0.5, Shape(1, 48)).tracked
      return Program(inputs: [x], outputs: [LinearMap()(LinearMap()(x, one, bias), one.reshaped(48, 64))])
    }
    let (first, alone) = Storage.peak(program)
    let (second, beside) = Storage.peak(program)
    #expect(alone - beside >= 2 * 64 * 48 * 4 && beside > 0)
    first.run()
    second.run()
    for index in 0..<48 { #expect(first.outputs[0].data[index] == second.outputs[0].data[index]) }
  }
}
