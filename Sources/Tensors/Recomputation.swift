// Recomputation: a segment of a network of which only the inputs are kept; the walk back computes the rest a second time.
// For a third more time a deep network needs the memory of one segment beside its segments' borders (Chen et al. 2016).

/// body(inputs), forgetting how it came to be. The gradients are those of `body(inputs)` to the bit.
///
/// - Parameters:
///   - inputs: everything tracked that the segment reads, weights excepted.
///   - body: computes the same whenever it is called. What it captures is either a leaf (a weight) or untracked.
public func recomputed(_ inputs: [Tensor], _ body: @escaping @Sendable ([Tensor]) -> Tensor) -> Tensor {
  let own = inputs.map { $0.isTracked ? $0.tracked : $0 }
  let result = body(own)
  guard result.isTracked else { return result }
  let nodes = Set(own.compactMap { $0.node.map(ObjectIdentifier.init) })
  var seen = Set<ObjectIdentifier>()
  var weights: [Tensor] = []
  for made in recorded([result]) {
    for input in made.node!.inputs {
      guard let node = input.node, node.primitive == nil, !nodes.contains(ObjectIdentifier(node)) else { continue }
      if seen.insert(ObjectIdentifier(node)).inserted { weights.append(input) }
    }
  }
  let segment = Recomputation(shape: result.shape, body: body, weights: weights)
  return Tensor(shape: result.shape, storage: result.storage, node: Node(segment, inputs + weights))
}

/// The step that stands for a whole segment in the record. Its inputs are the segment's, then the weights that it met.
struct Recomputation: Primitive {
  let shape: Shape
  let body: @Sendable ([Tensor]) -> Tensor
  let weights: [Tensor]

  func shape(_ inputs: [Shape]) -> Shape { shape }
  func run(_ inputs: Views, _ output: View) { preconditionFailure("a segment that is computed again runs eagerly") }

  func gradients(_ step: Step) -> [Tensor?] {
    let inputs = step.inputs.dropLast(weights.count).enumerated().map { step.wants($0) ? $1.tracked : $1 }
    let all = inputs + weights
    let wanted = all.indices.filter { step.wants($0) }
    let found = Tensors.gradients(of: body(inputs), upstream: step.upstream, for: wanted.map { all[$0] })
    var result = [Tensor?](repeating: nil, count: all.count)
    for (index, gradient) in zip(wanted, found) { result[index] = gradient }
    return result
  }
}
