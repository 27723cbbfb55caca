// Layout: reshape, concatenate, slice. A reshape is a view; the other two copy runs of memory.
import Glibc

/// The same elements under another shape.
public struct Reshape: Primitive {
  public let target: Shape

  public init(_ target: Shape) { self.target = target }

  public var isView: Bool { true }
  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].count == target.count, "reshape \(inputs[0]) to \(target)")
    return target
  }
  public func run(_ inputs: Views, _ output: View) {}
  public func gradients(_ step: Step) -> [Tensor?] { [step.upstream.reshaped(step.inputs[0].shape)] }
}

/// Several tensors behind each other along one axis.
public struct Concatenate: Primitive {
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public func shape(_ inputs: [Shape]) -> Shape {
    for input in inputs {
      precondition(input.with(axis, 0) == inputs[0].with(axis, 0), "concatenate \(inputs) along \(axis)")
    }
    return inputs[0].with(axis, inputs.reduce(0) { $0 + $1[axis] })
  }

  public func run(_ inputs: Views, _ output: View) {
    let (outer, total) = runs(output.shape, axis)
    var at = 0
    for input in inputs {
      let count = runs(input.shape, axis).length
      for row in 0..<outer {
        memcpy(output.data + row * total + at, input.data + row * count, count * MemoryLayout<Float>.stride)
      }
      at += count
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    var start = 0
    return step.inputs.indices.map { index in
      let length = step.inputs[index].shape[axis]
      defer { start += length }
      return step.wants(index) ? step.upstream.slice(axis: axis, start: start, length: length) : nil
    }
  }
}

/// A range along one axis.
public struct Slice: Primitive {
  public let axis: Int, start: Int, length: Int

  public init(axis: Int, start: Int, length: Int) {
    self.axis = axis
    self.start = start
    self.length = length
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(
      start >= 0 && length >= 0 && start + length <= inputs[0][axis],
      "slice \(start)+\(length) of \(inputs[0]), axis \(axis)")
    return inputs[0].with(axis, length)
  }

  public func run(_ inputs: Views, _ output: View) {
    let (outer, total) = runs(inputs[0].shape, axis)
    let count = runs(output.shape, axis).length
    let inner = length == 0 ? 0 : count / length
    for row in 0..<outer {
      memcpy(
        output.data + row * count, inputs[0].data + row * total + start * inner, count * MemoryLayout<Float>.stride)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    [Spread(axis: axis, start: start, length: step.inputs[0].shape[axis])(step.upstream)]
  }
}

/// Zeros, but for a range along one axis: the transpose of a slice.
package struct Spread: Primitive {
  package let axis: Int, start: Int, length: Int

  package func shape(_ inputs: [Shape]) -> Shape { inputs[0].with(axis, length) }

  package func run(_ inputs: Views, _ output: View) {
    let (outer, total) = runs(output.shape, axis)
    let count = runs(inputs[0].shape, axis).length
    let inner = inputs[0].shape[axis] == 0 ? 0 : count / inputs[0].shape[axis]
    memset(output.data, 0, output.shape.count * MemoryLayout<Float>.stride)
    for row in 0..<outer {
      memcpy(
        output.data + row * total + start * inner, inputs[0].data + row * count, count * MemoryLayout<Float>.stride)
    }
  }

  package func gradients(_ step: Step) -> [Tensor?] {
    [step.upstream.slice(axis: axis, start: start, length: step.inputs[0].shape[axis])]
  }
}

/// How many runs of memory an axis is cut into by the axes before it, and how long each is.
private func runs(_ shape: Shape, _ axis: Int) -> (outer: Int, length: Int) {
  var outer = 1
  var length = 1
  for index in 0..<shape.rank {
    if index < (axis < 0 ? shape.rank + axis : axis) { outer *= shape[index] } else { length *= shape[index] }
  }
  return (outer, length)
}

extension Tensor {
  public func reshaped(_ shape: Shape) -> Tensor { shape == self.shape ? self : Reshape(shape)(self) }
  public func reshaped(_ sizes: Int...) -> Tensor { reshaped(Shape(sizes)) }
  public func slice(axis: Int, start: Int, length: Int) -> Tensor {
    Slice(axis: axis, start: start, length: length)(self)
  }
  /// The same values in memory of their own.
  var copied: Tensor { reshaped(shape.count).slice(axis: 0, start: 0, length: shape.count).reshaped(shape) }
  /// [rows, width].
  var flattenedRows: Tensor { reshaped(shape.rows, shape.width) }
}

public func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor { Concatenate(axis: axis)(tensors) }
