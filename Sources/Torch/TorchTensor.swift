// TorchTensor: a handle of a tensor in libtorch, let go of when nobody here holds it any more.
import CTorch

/// A tensor of PyTorch: any sizes and strides, float32 unless it was cast.
package final class TorchTensor: @unchecked Sendable {
  let handle: ct_tensor
  let torch: Torch
  /// The values of a storage that this one looks at, and where in it: what was rounded for one use serves the next.
  var source: (memory: TorchMemory, offset: Int)?
  /// What the walk back can use again: a norm's mean and deviation.
  var kept: [TorchTensor] = []

  init(_ handle: ct_tensor, _ torch: Torch) {
    self.handle = handle
    self.torch = torch
  }

  deinit { _ = torch.library.functions.delete(handle) }

  package var sizes: [Int] { numbers(torch.library.functions.sizes) }
  var strides: [Int] { numbers(torch.library.functions.strides) }

  private func numbers(_ get: ct_get_numbers) -> [Int] {
    var rank: Int64 = 0
    var list: UnsafeMutablePointer<Int64>?
    guard torch.library.functions.rank(handle, &rank) == 0, get(handle, &list) == 0 else { return [] }
    return (0..<Int(rank)).map { Int(list![$0]) }
  }

  var type: Int32 {
    var type: Int32 = -1
    _ = torch.library.functions.type(handle, &type)
    return type
  }

  var isContiguous: Bool {
    var flag = false
    return torch.library.functions.isContiguous(handle, &flag) == 0 && flag
  }

  /// Where the values begin, on whichever device.
  package var address: UnsafeMutableRawPointer? {
    var data: UnsafeMutableRawPointer?
    return torch.library.functions.data(handle, &data) == 0 ? data : nil
  }

  /// The same memory, row-major, under another shape, `offset` elements further on.
  func viewed(_ sizes: [Int], offset: Int = 0) throws -> TorchTensor {
    try viewed(sizes, strides: contiguous(sizes).map(Int.init), offset: offset)
  }

  /// The same memory under other sizes and strides.
  func viewed(_ sizes: [Int], strides: [Int], offset: Int = 0) throws -> TorchTensor {
    var made: ct_tensor?
    try torch.check(
      torch.library.functions.view(
        handle, Int64(sizes.count), sizes.map(Int64.init), strides.map(Int64.init), Int64(offset), &made),
      "a view \(sizes) of \(self.sizes)")
    return TorchTensor(made!, torch)
  }

  /// Axes in another order.
  package func permuted(_ axes: Int...) throws -> TorchTensor {
    let (sizes, strides) = (sizes, strides)
    return try viewed(axes.map { sizes[$0] }, strides: axes.map { strides[$0] })
  }

  /// Row-major memory of these values: itself where it is so already.
  package func contiguously() throws -> TorchTensor { isContiguous ? self : try torch("aten::contiguous", self, 0) }

  /// The same values in row-major memory of their own.
  func cloned() throws -> TorchTensor {
    var made: ct_tensor?
    try torch.check(torch.library.functions.clone(handle, &made), "a copy of \(sizes)")
    return try TorchTensor(made!, torch).contiguously()
  }

  /// Takes the values of another of the same sizes, from whichever device.
  func copy(from other: TorchTensor) throws {
    try torch.check(torch.library.functions.copy(handle, other.handle, 0), "a copy of \(other.sizes) to \(sizes)")
  }

  func cast(_ type: Int32) throws -> TorchTensor {
    type == self.type ? self : try torch("aten::to.dtype", self, type, false, false, nothing)
  }

  /// As products are to see it: in bfloat16 when the run is to, else itself.
  func rounded() throws -> TorchTensor {
    if torch.precision == .float32 { return self }
    guard let source else { return try cast(torch.library.functions.bfloat16) }
    return try source.memory.rounded().viewed(sizes, offset: source.offset)
  }
}

// MARK: What is written often

package func + (a: TorchTensor, b: TorchTensor) throws -> TorchTensor { try a.minus(b, -1) }
package func - (a: TorchTensor, b: TorchTensor) throws -> TorchTensor { try a.minus(b, 1) }
package func * (a: TorchTensor, b: TorchTensor) throws -> TorchTensor { try a.torch("aten::mul.Tensor", a, b) }
func / (a: TorchTensor, b: TorchTensor) throws -> TorchTensor { try a.torch("aten::div.Tensor", a, b) }
package func + (a: TorchTensor, b: Float) throws -> TorchTensor { try a + a.torch.number(b) }
package func * (a: TorchTensor, b: Float) throws -> TorchTensor { try a * a.torch.number(b) }

extension TorchTensor {
  fileprivate func minus(_ other: TorchTensor, _ factor: Double) throws -> TorchTensor {
    var made: ct_tensor?
    try torch.check(
      torch.library.functions.subtract(handle, other.handle, factor, &made), "aten::sub.Tensor", [self, other, factor])
    return TorchTensor(made!, torch)
  }

  /// The sum over an axis, which keeps its place with size 1.
  func summed(_ axis: Int) throws -> TorchTensor {
    try torch("aten::sum.dim_IntList", self, present([axis]), true, nothing)
  }

  /// The mean over an axis, which keeps its place with size 1.
  func averaged(_ axis: Int) throws -> TorchTensor { try torch("aten::mean.dim", self, present([axis]), true, nothing) }

  /// A range along an axis, in the same memory.
  func part(_ axis: Int, _ start: Int, _ length: Int) throws -> TorchTensor {
    try torch("aten::narrow", self, axis, start, length)
  }
}
