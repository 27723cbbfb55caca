// Signals: short-time spectra and the source in bands.
import Tensors

extension ShortTimeSpectrum: TorchLowering, TorchGradient {
  private var transform: TorchTransform { TorchTransform(length: length, hop: hop, window: window) }

  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let powers = try powers(transform(inputs[0], torch))
    guard case .magnitude(let floor) = kind else { return powers }
    return try torch("aten::sqrt", powers + floor)
  }

  /// d|X|² = 2·Re(X̄·dX), so X weighted by 2·up goes back through the transform and the window; of a magnitude, by
  /// up/√(|X|² + floor).
  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let x = step.inputs[0]
    let spectrum = try transform(x, torch)
    let weight =
      switch kind {
      case .power: try step.upstream * 2
      case .magnitude: try step.upstream / step.output()
      }
    let weighted = try spectrum * weight.viewed(weight.sizes + [1])
    return [try transform.back(weighted, samples: x.sizes[1], torch)]
  }

  private func powers(_ spectrum: TorchTensor) throws -> TorchTensor {
    let squares = try spectrum * spectrum
    let sizes = Array(squares.sizes.dropLast())
    return try (squares.part(3, 0, 1) + squares.part(3, 1, 1)).viewed(sizes)
  }
}

extension ComplexSpectrum: TorchLowering, TorchGradient {
  private var transform: TorchTransform { TorchTransform(length: length, hop: hop, window: window) }

  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try transform(inputs[0], torch).cloned()
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    [try transform.back(step.upstream.cloned(), samples: step.inputs[0].sizes[1], step.torch)]
  }
}

/// The frames of a signal under a window, to their spectra and back.
private struct TorchTransform {
  let length: Int, hop: Int, window: Tensor

  /// [batch, samples] to [batch, frames, length/2 + 1, 2].
  func callAsFunction(_ x: TorchTensor, _ torch: Torch) throws -> TorchTensor {
    let frames = try x.framed(length, hop) * onDevice(torch)
    return try torch("aten::view_as_real", torch("aten::_fft_r2c", frames, [2], 0, true))
  }

  /// The walk back: [batch, frames, length/2 + 1, 2], which is written over, to [batch, samples]. The transform back
  /// counts the bins between the first and the last twice.
  func back(_ spectrum: TorchTensor, samples: Int, _ torch: Torch) throws -> TorchTensor {
    let bins = length / 2 + 1
    let inner = try torch.number(0.5)
    if bins > 2 { _ = try torch("aten::mul_.Tensor", spectrum.part(2, 1, bins - 2), inner) }
    let complex = try torch("aten::view_as_complex", spectrum)
    let frames = try torch("aten::_fft_c2r", complex, [2], 0, length)
    return try (frames * onDevice(torch)).overlapped(samples: samples, hop)
  }

  private func onDevice(_ torch: Torch) throws -> TorchTensor {
    try torch.constant("window of \(length)", [length]) { window.array }
  }
}

extension BandSum: TorchLowering, TorchGradient {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    let s = inputs[0].sizes
    let ends = try torch("aten::bmm", borders(inputs[1], s), inputs[0].viewed([s[0] * s[1], s[2], s[3]]))
    return try (ends * ramps(s[3], torch)).summed(1)
  }

  func lower(_ step: TorchStep) throws -> [TorchTensor?] {
    let torch = step.torch
    let s = step.inputs[0].sizes
    let ends = try step.upstream.viewed([s[0] * s[1], 1, s[3]]) * ramps(s[3], torch)
    var results: [TorchTensor?] = [nil, nil]
    if step.wants(0) {
      results[0] = try torch("aten::bmm", borders(step.inputs[1], s).permuted(0, 2, 1), ends)
    }
    if step.wants(1) {
      let source = try step.inputs[0].viewed([s[0] * s[1], s[2], s[3]]).permuted(0, 2, 1)
      let both = try torch("aten::bmm", ends, source).viewed([s[0], s[1], 2, s[2]]).permuted(0, 1, 3, 2)
      results[1] = try torch("aten::unfold_backward", both, step.inputs[1].sizes, 1, 2, 1)
    }
    return results
  }

  /// The gains at a frame's beginning and end: [batch·frames, 2, bands].
  private func borders(_ gains: TorchTensor, _ s: [Int]) throws -> TorchTensor {
    try gains.viewed([s[0], s[1], 2, s[2]], strides: [(s[1] + 1) * s[2], s[2], s[2], 1]).contiguously()
      .viewed([s[0] * s[1], 2, s[2]])
  }

  /// 1 − n/S and n/S: [2, S].
  private func ramps(_ samples: Int, _ torch: Torch) throws -> TorchTensor {
    try torch.constant("ramps of \(samples)", [2, samples]) {
      (0..<2 * samples).map { index in
        let along = Float(index % samples) / Float(samples)
        return index < samples ? 1 - along : along
      }
    }
  }
}

extension BandEnergy: TorchLowering {
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor {
    try torch("aten::log", (inputs[0] * inputs[0]).averaged(-1) + floor)
  }
}
