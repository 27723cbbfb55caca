// ArenaPlan: where each value of a program lives, so that values share memory when their lives do not overlap.
// First fit by address; inputs, outputs and carried state live for ever; a view lives inside what it views.

/// Offsets, in floats, of every recorded value in one arena.
struct ArenaPlan {
  private typealias Key = ObjectIdentifier
  private struct Life { var count: Int, last: Int }

  private let inputs: [Tensor], made: [Tensor]
  private var lives: [Key: Life] = [:]
  private var owners: [Key: Key] = [:]
  private var offsets: [Key: Int] = [:]
  private(set) var count = 0

  init(inputs: [Tensor], outputs: [Tensor], made: [Tensor]) {
    self.inputs = inputs
    self.made = made
    for tensor in inputs {
      guard let node = tensor.node else { preconditionFailure("an input \(tensor.shape) is not tracked") }
      lives[Key(node)] = Life(count: tensor.shape.count, last: .max)
    }
    for (index, tensor) in made.enumerated() {
      let node = tensor.node!
      for input in node.inputs {
        guard let key = owner(of: input), let life = lives[key] else { continue }
        lives[key] = Life(count: life.count, last: max(life.last, index))
      }
      if node.primitive!.isView, let key = owner(of: node.inputs[0]) {
        owners[Key(node)] = key
      } else {
        lives[Key(node)] = Life(count: tensor.shape.count, last: index)
      }
    }
    for tensor in outputs {
      guard let key = owner(of: tensor), lives[key] != nil else {
        preconditionFailure("an output \(tensor.shape) does not depend on any input")
      }
      lives[key]!.last = .max
    }
  }

  /// Gives every value its place.
  mutating func place() {
    var live: [(offset: Int, count: Int, last: Int)] = []
    func put(_ key: Key) {
      let life = lives[key]!
      let needed = (life.count + 15) & ~15
      var offset = 0
      for block in live.sorted(by: { $0.offset < $1.offset }) {
        if offset + needed <= block.offset { break }
        offset = max(offset, block.offset + block.count)
      }
      live.append((offset, needed, life.last))
      offsets[key] = offset
      count = max(count, offset + needed)
    }
    for tensor in inputs { put(Key(tensor.node!)) }
    for (index, tensor) in made.enumerated() where owners[Key(tensor.node!)] == nil {
      live.removeAll { $0.last < index }
      put(Key(tensor.node!))
    }
  }

  /// The place of a value; nil for a constant.
  func offset(of tensor: Tensor) -> Int? { owner(of: tensor).flatMap { offsets[$0] } }

  private func owner(of tensor: Tensor) -> Key? {
    guard let node = tensor.node else { return nil }
    return owners[Key(node)] ?? Key(node)
  }
}
