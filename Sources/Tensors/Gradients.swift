// Gradients: the walk back over the record that tracked tensors leave behind.
// Gradients are themselves made of primitives on untracked tensors, so they run on any engine.
import Kernels

/// The tensors that were computed on the way to `roots`, each after all that it depends on.
func recorded(_ roots: [Tensor]) -> [Tensor] {
  var seen = Set<ObjectIdentifier>()
  var order: [Tensor] = []
  var stack: [(tensor: Tensor, next: Int)] = []
  for root in roots {
    guard let node = root.node, seen.insert(ObjectIdentifier(node)).inserted else { continue }
    stack.append((root, 0))
    while let (tensor, next) = stack.last {
      let inputs = tensor.node!.inputs
      if next == inputs.count {
        order.append(tensor)
        stack.removeLast()
      } else {
        stack[stack.count - 1].next += 1
        if let node = inputs[next].node, seen.insert(ObjectIdentifier(node)).inserted {
          stack.append((inputs[next], 0))
        }
      }
    }
  }
  return order
}

/// ∂loss/∂leaf for each leaf; zeros where the loss does not depend on it. Only what leads to these leaves is walked.
///
/// - Parameters:
///   - loss: one number, computed from tracked leaves.
///   - leaves: tracked tensors.
public func gradients(of loss: Tensor, for leaves: [Tensor]) -> [Tensor] {
  precondition(loss.shape.count == 1, "the gradient of a tensor \(loss.shape); a loss is one number")
  let found = gradients(of: loss, upstream: Tensor(repeating: 1, loss.shape), for: leaves)
  return zip(leaves, found).map { $1 ?? Tensor(zeros: $0.shape) }
}

/// The same from any tensor on, given the loss's gradient with respect to it; nil where it does not depend on a leaf.
func gradients(of result: Tensor, upstream: Tensor, for leaves: [Tensor]) -> [Tensor?] {
  guard let root = result.node else { return leaves.map { _ in nil } }
  let engine = Engine.current
  var arriving: [ObjectIdentifier: Tensor] = [ObjectIdentifier(root): upstream]
  let order = recorded([result])
  var leading = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })
  func leads(_ tensor: Tensor) -> Bool { tensor.node.map { leading.contains(ObjectIdentifier($0)) } ?? false }
  for tensor in order where tensor.node!.inputs.contains(where: leads) {
    leading.insert(ObjectIdentifier(tensor.node!))
  }
  for output in order.reversed() {
    let node = output.node!
    guard let primitive = node.primitive, let upstream = arriving.removeValue(forKey: ObjectIdentifier(node)) else {
      continue
    }
    let step = Step(
      inputs: node.inputs.map(\.untracked), output: output.untracked, upstream: upstream,
      wanted: node.inputs.map(leads))
    var found = engine?.gradients(of: primitive, step) ?? primitive.gradients(step)
    for (index, input) in node.inputs.enumerated() {
      guard leads(input), let key = input.node.map(ObjectIdentifier.init), let gradient = found[index] else { continue }
      found[index] = nil
      precondition(gradient.shape == input.shape, "\(primitive): gradient \(gradient.shape) of an input \(input.shape)")
      if let other = arriving.removeValue(forKey: key) {
        arriving[key] = sum(consume other, consume gradient)
      } else {
        arriving[key] = gradient
      }
    }
  }
  return leaves.map { leaf in
    guard let node = leaf.node else { preconditionFailure("a leaf \(leaf.shape) is not tracked") }
    return arriving[ObjectIdentifier(node)]
  }
}

/// a + b in the memory of one of them, where nobody else holds it.
private func sum(_ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
  if Engine.current != nil { return a + b }
  if a.isAlone {
    fp_accumulate(a.shape.count, b.data, a.data)
    return a
  }
  guard b.isAlone else { return a + b }
  fp_accumulate(b.shape.count, a.data, b.data)
  return b
}

extension Tensor {
  /// Whether this is the only holder of the memory.
  fileprivate var isAlone: Bool {
    mutating get { storage.isWhole && isKnownUniquelyReferenced(&storage) }
  }
}
