// Primitive: one operation, with its shape rule, its kernel and its gradient. One file each.
// Applied to tensors it runs at once, and leaves a record when any input is tracked.

/// One operation.
public protocol Primitive: Sendable {
  /// The result's shape; traps, with the shapes in the message, when the inputs do not fit.
  func shape(_ inputs: [Shape]) -> Shape

  /// Computes the result. Real-time safe: raw memory in, raw memory out; every element of the output is written.
  func run(_ inputs: Views, _ output: View)

  /// The loss's gradient with respect to each input, given it with respect to the result.
  func gradients(_ step: Step) -> [Tensor?]

  /// True when the result is the first input's memory under another shape. `run` is then never called.
  var isView: Bool { get }

  /// A faster form for inputs known never to change (a weight, packed once). A Program asks for it.
  func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)?
}

extension Primitive {
  public var isView: Bool { false }
  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? { nil }

  /// Applies the operation.
  public func callAsFunction(_ inputs: Tensor...) -> Tensor { self(inputs) }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let node = inputs.contains { $0.isTracked } ? Node(self, inputs) : nil
    let shape = shape(inputs.map(\.shape))
    if isView { return Tensor(shape: shape, storage: inputs[0].storage, node: node) }
    if let engine = Engine.current, let storage = engine.result(of: self, inputs, shape) {
      return Tensor(shape: shape, storage: storage, node: node)
    }
    let output = Tensor(shape: shape, storage: Storage(shape.count), node: node)
    withUnsafeTemporaryAllocation(of: View.self, capacity: inputs.count) { views in
      for (index, input) in inputs.enumerated() { views.initializeElement(at: index, to: input.readingView) }
      run(Views(views), output.view)
    }
    return output
  }
}

/// How a Program keeps constant weights.
public enum Precision: Sendable {
  case float32, bfloat16
}

/// One step of the walk back: what went in, what came out, and the gradient that arrives.
public struct Step {
  public let inputs: [Tensor]
  public let output: Tensor
  public let upstream: Tensor
  let wanted: [Bool]

  /// A step from outside of the walk: an engine's check of itself.
  package init(inputs: [Tensor], output: Tensor, upstream: Tensor, wanted: [Bool]) {
    (self.inputs, self.output, self.upstream, self.wanted) = (inputs, output, upstream, wanted)
  }

  /// Whether the gradient of an input is needed at all.
  public func wants(_ index: Int) -> Bool { wanted[index] }
}
