// ProgramTests: what a program keeps from run to run, and that no value is overwritten while it is still needed.
import Score
import Tensors
import Testing

struct ProgramTests {
  private func read(_ view: View) -> [Float] { Array(UnsafeBufferPointer(start: view.data, count: view.shape.count)) }

  @Test func `Carried state goes from run to run, and back to its first value`() {
    let x = Tensor(zeros: Shape(2)).tracked
    let state = Tensor(Shape(2), [10, 20]).tracked
    let next = state * 0.5 + x
    let program = Program(inputs: [x, state], outputs: [next * 2, next], carry: 1)
    for _ in 0..<2 {
      program.inputs[0].data[0] = 1
      program.inputs[0].data[1] = 2
      program.run()
      #expect(read(program.outputs[0]) == [12, 24])
      program.run()
      #expect(read(program.outputs[0]) == [8, 16])
      program.reset()
    }
  }

  @Test func `A line of delays may hand an input on as it is`() {
    let x = Tensor(zeros: Shape(1)).tracked
    let delays = (0..<3).map { _ in Tensor(zeros: Shape(1)).tracked }
    let program = Program(inputs: [x] + delays, outputs: [x * delays[2], x, delays[0], delays[1]], carry: 3)
    var heard: [Float] = []
    for value in 1...6 {
      program.inputs[0].data[0] = Float(value)
      program.run()
      heard.append(program.outputs[0].data[0] / Float(value))
    }
    #expect(heard == [0, 0, 0, 1, 2, 3])
  }

  @Test func `A program keeps the memory of its constants and of its shared inputs`() {
    func make() -> (Program, Program) {
      let shared = Tensor(repeating: 3, Shape(1, 1000))
      let constant = Tensor(repeating: 2, Shape(1, 1000))
      let reader = shared.tracked
      let writer = shared.tracked
      return (
        Program(inputs: [reader], outputs: [reader * constant], shared: [0]),
        Program(inputs: [writer], outputs: [writer + 1], carry: 1, shared: [0])
      )
    }
    let (reader, writer) = make()
    let others = (0..<100).map { _ in Tensor(repeating: -1, Shape(1, 1000)) }
    for round in 0..<3 {
      reader.run()
      #expect(read(reader.outputs[0]).allSatisfy { $0 == 2 * Float(3 + round) })
      writer.run()
    }
    #expect(others.allSatisfy { $0[999] == -1 })
  }

  /// Random graphs over matrices of two sizes, with views, values used often and late, and several outputs.
  @Test(arguments: 0..<60) func `A random graph computes in its arena what it computes eagerly`(_ seed: Int) {
    var random = Chance(seed: UInt64(seed))
    let inputs = (0..<1 + Int.random(in: 0..<3, using: &random)).map { sample(4, 6, seed: UInt64(100 + $0)) }
    let constant = sample(6, 6, seed: 9)
    func build(_ inputs: [Tensor], _ random: inout Chance) -> [Tensor] {
      var values = inputs
      for _ in 0..<40 {
        let a = values[Int.random(in: 0..<values.count, using: &random)]
        let b = values[Int.random(in: 0..<values.count, using: &random)].reshaped(a.shape)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: values.append((a + b) * 0.5)
        case 1: values.append(a - b)
        case 2: values.append(tanh(a) * b)
        case 3: values.append(a.reshaped(a.shape == Shape(4, 6) ? Shape(6, 4) : Shape(4, 6)))
        case 4: values.append(silu(a))
        case 5: values.append(softmax(a))
        case 6: values.append(tanh(LinearMap()(a.reshaped(4, 6), constant)))
        default:
          values.append(
            concatenate([a.slice(axis: 0, start: 2, length: 2), b], axis: 0).slice(
              axis: 0, start: 0, length: a.shape[0]))
        }
      }
      let computed = values.count - inputs.count
      return [values.last!] + (0..<3).map { _ in values[inputs.count + Int.random(in: 0..<computed, using: &random)] }
    }
    var again = random
    let expected = build(inputs, &random)
    let leaves = inputs.map(\.tracked)
    // A value that depends on no input is nothing a program can be asked for.
    let outputs = build(leaves, &again)
    let asked = outputs.indices.filter { outputs[$0].isTracked }
    let program = Program(inputs: leaves, outputs: asked.map { outputs[$0] })
    for _ in 0..<2 {
      program.run()
      for (place, index) in asked.enumerated() { #expect(read(program.outputs[place]) == expected[index].array) }
    }
    let alive = 44 * 24
    #expect(program.arenaCount < alive, "nothing was used again")
  }
}
