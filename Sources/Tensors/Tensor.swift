// Tensor: a shape, its memory, and, downstream of a tracked tensor, the record of how it came to be.
// The record is what gradients walk backwards and what Program lays flat.

/// How a tensor came to be. A leaf (a tracked weight, a program's input) has no primitive.
public final class Node: @unchecked Sendable {
  let primitive: (any Primitive)?
  /// Written only when the record is let go.
  private(set) var inputs: [Tensor]

  init(_ primitive: (any Primitive)? = nil, _ inputs: [Tensor] = []) {
    self.primitive = primitive
    self.inputs = inputs
  }

  /// Lets go of what nobody else holds one node after the other: a long record must not need a deep stack.
  deinit {
    var rest: [Node] = []
    func release(_ inputs: inout [Tensor]) {
      for input in inputs where input.node != nil { rest.append(input.node!) }
      inputs = []
    }
    release(&inputs)
    while var node = rest.popLast() {
      if isKnownUniquelyReferenced(&node) { release(&node.inputs) }
    }
  }
}

/// A row-major array of float32. Value semantics: an operation makes a new tensor.
public struct Tensor: Sendable {
  public let shape: Shape
  public internal(set) var storage: Storage
  let node: Node?

  init(shape: Shape, storage: Storage, node: Node?) {
    precondition(storage.count >= shape.count, "storage of \(storage.count) elements cannot hold \(shape)")
    self.shape = shape
    self.storage = storage
    self.node = node
  }

  /// A tensor over existing memory.
  public init(_ shape: Shape, storage: Storage) { self.init(shape: shape, storage: storage, node: nil) }

  /// Zeros.
  public init(zeros shape: Shape) { self.init(shape: shape, storage: Storage(shape.count, zeroed: true), node: nil) }

  /// Values in row-major order.
  public init(_ shape: Shape, _ values: [Float]) {
    precondition(values.count == shape.count, "\(values.count) values for \(shape)")
    let storage = Storage(shape.count)
    values.withUnsafeBufferPointer { storage.data.update(from: $0.baseAddress!, count: values.count) }
    self.init(shape: shape, storage: storage, node: nil)
  }

  /// One number.
  public init(_ scalar: Float) { self.init(Shape(), [scalar]) }

  /// Every element the same.
  public init(repeating value: Float, _ shape: Shape) {
    let storage = Storage(shape.count)
    storage.data.update(repeating: value, count: shape.count)
    self.init(shape: shape, storage: storage, node: nil)
  }

  /// The same values as a leaf of the record: gradients reach it, and a Program takes it as an input.
  public var tracked: Tensor { Tensor(shape: shape, storage: storage, node: Node()) }

  /// The same values with the record cut off.
  public var untracked: Tensor { Tensor(shape: shape, storage: storage, node: nil) }

  public var isTracked: Bool { node != nil }

  public var data: UnsafeMutablePointer<Float> { storage.data }
  public var view: View { View(data: storage.data, shape: shape) }
  /// For a kernel that does not write.
  var readingView: View { View(data: storage.reading, shape: shape) }
  public var array: [Float] { Array(UnsafeBufferPointer(start: storage.reading, count: shape.count)) }

  /// The value of a tensor of one element.
  public var scalar: Float {
    precondition(shape.count == 1, "scalar of a tensor \(shape)")
    return storage.reading[0]
  }

  public subscript(index: Int) -> Float {
    get { storage.reading[index] }
    nonmutating set { storage.data[index] = newValue }
  }
}

/// What a kernel sees: memory and its shape. Trivial.
public struct View: BitwiseCopyable, @unchecked Sendable {
  public let data: UnsafeMutablePointer<Float>
  public let shape: Shape
}

public typealias Views = UnsafeBufferPointer<View>
