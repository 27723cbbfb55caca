// Frames: a signal cut into overlapping pieces, and its transpose, the pieces added up again.
import Glibc
import Kernels

/// [batch, samples] to [batch, (samples − length)/hop + 1, length]: a piece every `hop` samples.
public struct Frames: Primitive {
  public let length: Int, hop: Int

  public init(length: Int, hop: Int) {
    precondition(length > 0 && hop > 0, "frames of \(length) every \(hop)")
    self.length = length
    self.hop = hop
  }

  func sizes(_ x: Shape) -> fp_frames_shape {
    precondition(x.rank == 2, "frames of \(x)")
    return fp_frames_shape(rows: x[0], samples: x[1], length: length, hop: hop)
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    var sizes = sizes(inputs[0])
    return Shape(sizes.rows, fp_frame_count(&sizes), length)
  }

  public func run(_ inputs: Views, _ output: View) {
    var sizes = sizes(inputs[0].shape)
    fp_frames(&sizes, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let dx = Tensor(zeros: step.inputs[0].shape)
    var sizes = sizes(dx.shape)
    fp_overlap_add(&sizes, step.upstream.data, dx.data)
    return [dx]
  }
}

/// Frames [batch, frames, length], each added `hop` samples after the last, onto what earlier frames left behind,
/// [batch, length − hop]: [batch, (frames − 1)·hop + length]. The earliest is added first, so that a signal made in
/// pieces, each time with the last length − hop samples as the next `past`, is the same to the bit.
public struct OverlapAdd: Primitive {
  public let hop: Int

  public init(hop: Int) {
    precondition(hop > 0, "hop \(hop)")
    self.hop = hop
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    let frames = inputs[0]
    precondition(
      frames.rank == 3 && frames[1] > 0 && frames[2] >= hop && inputs[1] == Shape(frames[0], frames[2] - hop),
      "overlap \(frames) every \(hop) onto \(inputs[1])")
    return Shape(frames[0], (frames[1] - 1) * hop + frames[2])
  }

  public func run(_ inputs: Views, _ output: View) {
    let samples = output.shape[1]
    let kept = inputs[1].shape[1]
    let size = MemoryLayout<Float>.stride
    for row in 0..<output.shape[0] {
      memcpy(output.data + row * samples, inputs[1].data + row * kept, kept * size)
      memset(output.data + row * samples + kept, 0, (samples - kept) * size)
    }
    var sizes = fp_frames_shape(rows: output.shape[0], samples: samples, length: inputs[0].shape[2], hop: hop)
    fp_overlap_add(&sizes, inputs[0].data, output.data)
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    [
      step.wants(0) ? Frames(length: step.inputs[0].shape[2], hop: hop)(step.upstream) : nil,
      step.wants(1) ? step.upstream.slice(axis: 1, start: 0, length: step.inputs[1].shape[1]) : nil,
    ]
  }
}
