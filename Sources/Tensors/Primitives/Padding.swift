// Padding: what is put before and behind a signal in time: zeros, its mirror image, or its first and last frame.

/// x [batch, frames, channels] with `left` frames before and `right` behind it.
///
/// Frame i of the result, counted from −left, is x[s(i)]: s(i) = i inside; outside it is none (`zeros`), the nearest
/// frame (`replicate`), or the one that lies as far inside as i lies outside (`reflect`). A signal of at most
/// m = max(left, right) frames is too short for its mirror image: it counts as followed by zeros until it has m + 1, as
/// EnCodec has it; they mirror with it, and those behind the result's end are dropped.
public struct Padding: Primitive {
  public enum Mode: Sendable { case zeros, reflect, replicate }
  public let mode: Mode, left: Int, right: Int

  public init(_ mode: Mode, left: Int, right: Int) {
    precondition(left >= 0 && right >= 0, "padding of \(left) and \(right) frames")
    self.mode = mode
    self.left = left
    self.right = right
  }

  public func shape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0].rank == 3 && inputs[0][1] > 0, "padding of \(inputs[0])")
    return inputs[0].with(1, left + inputs[0][1] + right)
  }

  /// The frame that stands at `index`; nil for zeros.
  private func source(_ index: Int, _ frames: Int) -> Int? {
    if index >= 0 && index < frames { return index }
    switch mode {
    case .zeros: return nil
    case .replicate: return index < 0 ? 0 : frames - 1
    case .reflect:
      let last = max(frames, max(left, right) + 1) - 1
      let mirrored = index < 0 ? -index : index > last ? 2 * last - index : index
      return mirrored < frames ? mirrored : nil
    }
  }

  public func run(_ inputs: Views, _ output: View) {
    let (frames, width) = (inputs[0].shape[1], inputs[0].shape[2])
    for row in 0..<output.shape[0] {
      let x = inputs[0].data + row * frames * width
      let y = output.data + row * output.shape[1] * width
      for index in 0..<output.shape[1] {
        if let source = source(index - left, frames) {
          (y + index * width).update(from: x + source * width, count: width)
        } else {
          (y + index * width).update(repeating: 0, count: width)
        }
      }
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let dx = Tensor(zeros: step.inputs[0].shape)
    let (frames, width) = (dx.shape[1], dx.shape[2])
    let total = step.upstream.shape[1]
    for row in 0..<dx.shape[0] {
      for index in 0..<total {
        guard let source = source(index - left, frames) else { continue }
        let from = step.upstream.data + (row * total + index) * width
        let to = dx.data + (row * frames + source) * width
        for channel in 0..<width { to[channel] += from[channel] }
      }
    }
    return [dx]
  }
}
