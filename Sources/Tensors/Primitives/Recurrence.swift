// Recurrence: long short-term memory over a whole sequence as one operation, its state explicit.
// The trace it leaves is all that the walk back needs.
import Kernels

/// a = projected + h₋₁·weightᵀ; i, f, o = σ(a); g = tanh(a); c = f·c₋₁ + i·g; h = o·tanh(c).
///
/// From projected [batch, frames, 4·width] (the input's share of the gates i, f, g, o), the weight [4·width, width] and
/// the state before, h and c [batch, width], to the trace [batch, frames, 6·width]: i, f, g, o, c, h of every frame.
/// As a variable the weight is packed at every run, which allocates; as a constant, once.
public struct Recurrence: Primitive {
  public init() {}

  private static func sizes(_ projected: Shape) -> fp_recurrence_shape {
    fp_recurrence_shape(batch: projected[0], frames: projected[1], width: projected[2] / 4)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    let x = inputs[0]
    precondition(x.rank == 3 && x[2] % 4 == 0, "recurrence of \(x)")
    let width = x[2] / 4
    precondition(
      inputs[1] == Shape(4 * width, width) && inputs[2] == Shape(x[0], width) && inputs[3] == inputs[2],
      "recurrence \(inputs[1]) of \(x) from \(inputs[2]), \(inputs[3])")
    return x.with(2, 6 * width)
  }

  public func run(_ inputs: Views, _ output: View) {
    let packed = Recurrence.pack(inputs[1].data, inputs[1].shape)
    withExtendedLifetime(packed) { Recurrence.run(inputs, packed, output) }
  }

  private static func pack(_ weight: UnsafePointer<Float>, _ shape: Shape) -> Storage {
    let packed = Storage(fp_packed_bytes(fp_f32, shape[0], shape[1]) / 4)
    fp_pack(fp_f32, shape[0], shape[1], weight, packed.data)
    return packed
  }

  private static func run(_ inputs: Views, _ packed: Storage, _ output: View) {
    var sizes = sizes(inputs[0].shape)
    fp_recurrence(&sizes, inputs[0].data, packed.data, inputs[2].data, inputs[3].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let weight = step.inputs[1]
    let hidden = step.inputs[2]
    var sizes = Recurrence.sizes(step.inputs[0].shape)
    let dprojected = Tensor(step.inputs[0].shape, storage: Storage(step.inputs[0].shape.count))
    let dhidden = Tensor(hidden.shape, storage: Storage(hidden.shape.count))
    let dcell = Tensor(hidden.shape, storage: Storage(hidden.shape.count))
    let width = sizes.width
    let transposed = Tensor(zeros: Shape(width, 4 * width))
    for row in 0..<4 * width {
      for column in 0..<width { transposed[column * 4 * width + row] = weight[row * width + column] }
    }
    let packed = Recurrence.pack(transposed.data, transposed.shape)
    withExtendedLifetime(packed) {
      fp_recurrence_backward(
        &sizes, packed.data, step.inputs[3].data, step.output.data, step.upstream.data, dprojected.data, dhidden.data,
        dcell.data)
    }
    return [dprojected, step.wants(1) ? toWeight(step, dprojected, sizes) : nil, dhidden, dcell]
  }

  /// Σ dprojectedᵀ·h₋₁: the first frame of each sequence with the state before, the rest with the trace.
  private func toWeight(_ step: Step, _ dprojected: Tensor, _ sizes: fp_recurrence_shape) -> Tensor {
    let (n, frames) = (sizes.width, sizes.frames)
    let dweight = Tensor(zeros: step.inputs[1].shape)
    fp_gemm(
      true, false, 4 * n, n, frames == 0 ? 0 : sizes.batch, dprojected.data, frames * 4 * n, step.inputs[2].data, n,
      dweight.data, n, true)
    for row in 0..<sizes.batch where frames > 1 {
      fp_gemm(
        true, false, 4 * n, n, frames - 1, dprojected.data + (row * frames + 1) * 4 * n, 4 * n,
        step.output.data + row * frames * 6 * n + 5 * n, 6 * n, dweight.data, n, true)
    }
    return dweight
  }

  public func prepared(constants: [Tensor?], precision: Precision) -> (any Primitive)? {
    constants[1].map { PackedRecurrence(packed: PackedWeight.of($0, precision: .float32)) }
  }

  /// The same with the weight in panels; always float32, because errors would add up over time.
  private struct PackedRecurrence: Primitive {
    let packed: PackedWeight
    func shape(_ inputs: [Shape]) -> Shape { Recurrence().shape(inputs) }
    func run(_ inputs: Views, _ output: View) { Recurrence.run(inputs, packed.panels, output) }
    func gradients(_ step: Step) -> [Tensor?] { preconditionFailure("a packed weight is constant") }
  }
}
