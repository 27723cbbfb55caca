// Shape: up to four sizes, outermost first, row-major.
// Trivial, so that a kernel may copy it in real time and a dictionary may key on it.

/// Up to four sizes, outermost first.
public struct Shape: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline var sizes: SIMD4<Int32>
  /// The number of dimensions, 0…4. A scalar has none.
  public let rank: Int

  public init(_ sizes: Int...) { self.init(sizes) }

  public init(_ sizes: [Int]) {
    precondition(sizes.count <= 4, "a shape has at most four dimensions, not \(sizes.count)")
    self.sizes = .one
    rank = sizes.count
    for (axis, size) in sizes.enumerated() {
      precondition(size >= 0 && size <= Int(Int32.max), "size \(size) of axis \(axis) is out of range")
      self.sizes[axis] = Int32(size)
    }
  }

  /// Without an array, so that a kernel may make a shape in real time. Sizes past the rank are 1.
  init(_ sizes: SIMD4<Int32>, rank: Int) {
    self.sizes = sizes
    self.rank = rank
  }

  /// The size of an axis; negative axes count from the innermost, -1.
  @inlinable public subscript(axis: Int) -> Int { Int(sizes[axis < 0 ? rank + axis : axis]) }

  /// The number of elements.
  @inlinable public var count: Int { Int(sizes[0]) * Int(sizes[1]) * Int(sizes[2]) * Int(sizes[3]) }

  /// The size of the innermost axis; 1 for a scalar.
  public var width: Int { rank == 0 ? 1 : self[-1] }

  /// The number of innermost rows: the product of all sizes but the last.
  public var rows: Int { width == 0 ? 0 : count / width }

  /// The same shape with one axis replaced.
  public func with(_ axis: Int, _ size: Int) -> Shape {
    var list = array
    list[axis < 0 ? rank + axis : axis] = size
    return Shape(list)
  }

  public var array: [Int] { (0..<rank).map { self[$0] } }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + array.map(String.init).joined(separator: ", ") + "]" }
}
