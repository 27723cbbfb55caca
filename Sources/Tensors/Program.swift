// Program: a computation recorded once and laid flat over one arena.
// `run` neither allocates nor locks nor counts references: it walks an array of steps over raw memory.
import Glibc

/// A recorded computation, ready for real time.
///
/// Control flow is frozen when the record is made; what changes from run to run is an input. Streaming state is an
/// input that a matching output replaces after each run (`carry`). Untracked tensors are constants: they may be packed.
public final class Program: @unchecked Sendable {
  private struct Instruction {
    let primitive: any Primitive
    let inputs: Views
    let output: View
  }

  /// The memory that the caller fills before a run, and reads after it.
  public let inputs: [View], outputs: [View]
  /// The number of floats in the arena.
  public let arenaCount: Int
  private let instructions: UnsafeMutableBufferPointer<Instruction>
  private let carries: UnsafeMutableBufferPointer<(from: View, to: View)>
  private let initial: UnsafeMutableBufferPointer<(from: View, to: View)>
  private let arena: Storage
  /// Whose memory the instructions read beside the arena: constants, shared inputs, and the first values of all inputs.
  private let kept: [Tensor]

  /// Lays flat what leads from `inputs` to `outputs`.
  ///
  /// - Parameters:
  ///   - inputs: tracked leaves; their present values are the first values.
  ///   - outputs: what to keep after a run.
  ///   - carry: the last `carry` outputs replace the last `carry` inputs after each run.
  ///   - shared: the positions of inputs that stay in the memory of their tensors, so that programs can share them.
  ///   - precision: how constant weights are packed.
  public init(
    inputs: [Tensor], outputs: [Tensor], carry: Int = 0, shared: Set<Int> = [], precision: Precision = .float32
  ) {
    precondition(carry <= inputs.count && carry <= outputs.count, "carry \(carry) of \(inputs.count) inputs")
    let outputs = outputs.map { Program.isInside($0, inputs) ? $0.copied : $0 }
    let made = recorded(outputs).filter { $0.node!.primitive != nil }
    let own = inputs.indices.filter { !shared.contains($0) }.map { inputs[$0] }
    var plan = ArenaPlan(inputs: own, outputs: outputs, made: made)
    plan.place()
    let arena = Storage(plan.count, zeroed: true)
    self.arena = arena
    arenaCount = plan.count
    func view(_ tensor: Tensor) -> View {
      guard let offset = plan.offset(of: tensor) else { return tensor.view }
      return View(data: arena.data + offset, shape: tensor.shape)
    }
    let steps = made.filter { !$0.node!.primitive!.isView }
    instructions = .allocate(capacity: steps.count)
    for (index, tensor) in steps.enumerated() {
      let node = tensor.node!
      let operands = UnsafeMutableBufferPointer<View>.allocate(capacity: node.inputs.count)
      _ = operands.initialize(from: node.inputs.map(view))
      let constants = node.inputs.map { $0.isTracked ? nil : $0 }
      let primitive = node.primitive!.prepared(constants: constants, precision: precision) ?? node.primitive!
      instructions.initializeElement(
        at: index, to: Instruction(primitive: primitive, inputs: Views(operands), output: view(tensor)))
    }
    self.inputs = inputs.map(view)
    self.outputs = outputs.map(view)
    carries = .allocate(capacity: carry)
    for index in 0..<carry {
      let from = self.outputs[outputs.count - carry + index]
      let to = self.inputs[inputs.count - carry + index]
      precondition(from.shape == to.shape, "carried state changes its shape from \(to.shape) to \(from.shape)")
      carries.initializeElement(at: index, to: (from, to))
    }
    initial = .allocate(capacity: inputs.count)
    let first = inputs.map { input in
      let copy = Tensor(input.shape, storage: Storage(input.shape.count))
      copy.data.update(from: input.data, count: input.shape.count)
      return copy
    }
    for index in inputs.indices { initial.initializeElement(at: index, to: (first[index].view, self.inputs[index])) }
    let leaves = made.flatMap { $0.node!.inputs }.filter { $0.node?.primitive == nil }
    kept = leaves + first + shared.map { inputs[$0] }
    reset()
  }

  /// Whether a value is an input's own memory. As an output it needs a copy: carrying the state writes over inputs.
  private static func isInside(_ tensor: Tensor, _ inputs: [Tensor]) -> Bool {
    var node = tensor.node
    while let seen = node, let primitive = seen.primitive, primitive.isView { node = seen.inputs[0].node }
    return inputs.contains { $0.node === node }
  }

  /// Puts every input, carried state among them, back to its first value.
  public func reset() {
    for index in 0..<initial.count { Program.copy(initial[index].from, initial[index].to) }
  }

  /// Computes the outputs from the inputs, and carries the state.
  public func run() {
    for index in 0..<instructions.count {
      instructions[index].primitive.run(instructions[index].inputs, instructions[index].output)
    }
    for index in 0..<carries.count { Program.copy(carries[index].from, carries[index].to) }
  }

  private static func copy(_ from: View, _ to: View) {
    memmove(to.data, from.data, from.shape.count * MemoryLayout<Float>.stride)
  }

  deinit {
    for instruction in instructions { instruction.inputs.deallocate() }
    instructions.deinitialize().deallocate()
    carries.deallocate()
    initial.deallocate()
  }
}
