// Pictures: pooling, norms over a batch, and mixing of rows.
import Tensors

extension Pooling2d: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let x = try inputs[0].permuted(0, 3, 1, 2)
    switch kind {
    case .mean:
      return try torch("aten::avg_pool2d", x, window, steps, rim, false, false, nothing).permuted(0, 2, 3, 1)
    case .largest:
      let found = try torch.run("aten::max_pool2d_with_indices", [x, window, steps, rim, [1, 1], false], results: 2)
      let y = try found[0]!.permuted(0, 2, 3, 1).contiguously()
      y.kept = [found[1]!]
      return y
    }
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let (x, up) = try (step.inputs[0].permuted(0, 3, 1, 2), step.upstream.permuted(0, 3, 1, 2))
    switch kind {
    case .mean:
      return [
        try torch("aten::avg_pool2d_backward", up, x, window, steps, rim, false, false, nothing).permuted(0, 2, 3, 1)
      ]
    case .largest:
      let y = try step.output()
      // An output that the native kernel made has kept nothing.
      let kept = y.kept.isEmpty ? try lower(step.inputs, torch).kept : y.kept
      return [
        try torch("aten::max_pool2d_with_indices_backward", up, x, window, steps, rim, [1, 1], false, kept[0])
          .permuted(0, 2, 3, 1)
      ]
    }
  }

  private var window: [Int] { [length.rows, length.columns] }
  private var steps: [Int] { [stride.rows, stride.columns] }
  private var rim: [Int] { [padding.rows, padding.columns] }
}

extension BatchNormalisation: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let found = try torch.run(
      "aten::native_batch_norm",
      [rows(inputs[0]), nothing, nothing, nothing, nothing, true, 0.0, Double(epsilon)], results: 3)
    found[0]!.kept = [found[1]!, found[2]!]
    return found[0]!
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let y = try step.output()
    let kept = y.kept.isEmpty ? try lower(step.inputs, step.torch).kept : y.kept
    return [
      try step.torch.run(
        "aten::native_batch_norm_backward",
        [
          rows(step.upstream), rows(step.inputs[0]), nothing, nothing, nothing, present(kept[0]), present(kept[1]),
          true, Double(epsilon), [true, false, false],
        ], results: 3)[0]
    ]
  }

  /// [everything else, channels].
  private func rows(_ x: TorchTensor) throws -> TorchTensor {
    let sizes = x.sizes
    return try x.viewed([sizes.dropLast().reduce(1, *), sizes.last!])
  }
}

extension Mixing: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let m = try inputs[0].rounded()
    return try torch("aten::matmul", transposed ? m.permuted(1, 0) : m, inputs[1].rounded())
  }
}

extension MixingGradient: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let (x, up) = try (inputs[0].rounded(), inputs[1].rounded())
    let (left, right) = transposed ? (x, up) : (up, x)
    return try torch(
      "aten::sum.dim_IntList", torch("aten::bmm", left, right.permuted(0, 2, 1)), present([0]), false, nothing)
  }
}
