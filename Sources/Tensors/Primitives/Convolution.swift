// Convolution over time, channels last: a product whose rows overlap, so nothing is copied.
// Nothing is padded: a layer puts the past before its input, zeros offline, what was kept in real time.
import Glibc
import Kernels

/// y[t] = weight·[x[t·stride], …, x[t·stride + taps − 1]] + bias.
///
/// x is [batch, frames, channels], weight [outputs, taps·channels], bias [outputs]; y is
/// [batch, (frames − taps)/stride + 1, outputs].
public struct Convolution: Primitive {
  public let taps: Int, stride: Int

  public init(taps: Int, stride: Int = 1) {
    self.taps = taps
    self.stride = stride
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    let x = inputs[0]
    let weight = inputs[1]
    precondition(
      x.rank == 3 && weight.rank == 2 && weight[1] == taps * x[2] && x[1] >= taps,
      "convolution \(weight), \(taps) taps, of \(x)")
    return Shape(x[0], (x[1] - taps) / stride + 1, weight[0])
  }

  public func run(_ inputs: Views, _ output: View) {
    let n = inputs[1].shape[0]
    let k = inputs[1].shape[1]
    perBatch(inputs[0], output) { x, y, rows, step in
      fp_gemm(false, true, rows, n, k, x, step, inputs[1].data, k, y, n, false)
      if inputs.count == 3 { for row in 0..<rows { fp_accumulate(n, inputs[2].data, y + row * n) } }
    }
  }

  private func perBatch(
    _ x: View, _ y: View,
    _ body: (_ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ step: Int) -> Void
  ) {
    for batch in 0..<x.shape[0] {
      body(
        x.data + batch * x.shape[1] * x.shape[2], y.data + batch * y.shape[1] * y.shape[2], y.shape[1],
        stride * x.shape[2])
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    let n = weight.shape[0]
    let k = weight.shape[1]
    var dx: Tensor?
    var dweight: Tensor?
    if step.wants(0) {
      let result = Tensor(zeros: x.shape)
      let windows = Storage(up.shape[1] * k)
      perBatch(result.view, up.view) { dx, dy, rows, step in
        fp_gemm(false, false, rows, k, n, dy, n, weight.data, k, windows.data, k, false)
        for row in 0..<rows { fp_accumulate(k, windows.data + row * k, dx + row * step) }
      }
      dx = result
    }
    if step.wants(1) {
      let result = Tensor(zeros: weight.shape)
      perBatch(x.view, up.view) { x, dy, rows, step in
        fp_gemm(true, false, n, k, rows, dy, n, x, step, result.data, k, true)
      }
      dweight = result
    }
    let bias = step.inputs.count == 3 ? [step.wants(2) ? fold(up.flattenedRows, to: Shape(n)) : nil] : []
    return [dx, dweight] + bias
  }

  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? {
    guard let weight = constants[1], constants.count == 2 || constants[2] != nil else { return nil }
    let map = PackedLinearMap(weight: weight, bias: constants.count == 3 ? constants[2] : nil, precision: precision)
    return PackedConvolution(map: map, stride: stride)
  }
}

/// The same with the weight in panels.
struct PackedConvolution: Primitive {
  let map: PackedLinearMap
  let stride: Int

  func shape(_ inputs: [Shape]) -> Shape { preconditionFailure("a packed convolution is made for a program") }

  func run(_ inputs: Views, _ output: View) {
    let x = inputs[0]
    let rows = output.shape[1]
    for batch in 0..<x.shape[0] {
      fp_linear(
        map.type, rows, map.outputs, map.inputs, x.data + batch * x.shape[1] * x.shape[2], stride * x.shape[2],
        map.packed.data, map.bias?.data, fp_identity, output.data + batch * rows * map.outputs, map.outputs)
    }
  }

  func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("a packed weight is constant") }
}

/// y[t][c] = Σ_q x[t + q][c]·weight[q][c]; x is [batch, frames, channels], weight [taps, channels].
public struct DepthwiseConvolution: Primitive {
  public init() {}

  public func shape(_ inputs: [Shape]) -> Shape {
    let x = inputs[0]
    let weight = inputs[1]
    precondition(
      x.rank == 3 && weight.rank == 2 && weight[1] == x[2] && x[1] >= weight[0], "depthwise \(weight) of \(x)")
    return x.with(1, x[1] - weight[0] + 1)
  }

  public func run(_ inputs: Views, _ output: View) {
    let x = inputs[0].shape
    let frames = output.shape[1]
    let channels = x[2]
    for batch in 0..<x[0] {
      fp_depthwise(
        frames, channels, inputs[1].shape[0], inputs[0].data + batch * x[1] * channels, inputs[1].data,
        output.data + batch * frames * channels)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let weight = step.inputs[1]
    let up = step.upstream
    let channels = x.shape[2]
    let dx = step.wants(0) ? Tensor(zeros: x.shape) : nil
    let dweight = step.wants(1) ? Tensor(zeros: weight.shape) : nil
    for batch in 0..<x.shape[0] {
      let at = batch * x.shape[1] * channels
      fp_depthwise_backward(
        up.shape[1], channels, weight.shape[0], x.data + at, weight.data, up.data + batch * up.shape[1] * channels,
        dx.map { $0.data + at }, dweight?.data)
    }
    return [dx, dweight]
  }
}
