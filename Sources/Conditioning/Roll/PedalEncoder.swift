// PedalEncoder: the view of the feet, whole and small, to the depths of three pedals.
import Layers
import Tensors

/// [batch, 64, 96, 5] ↦ [batch, 3].
public struct PedalEncoder: Sendable {
  private let layers: [(convolution: Conv2d, norm: LayerNorm)]
  private let hidden: Linear, output: Linear

  public init(_ w: Scope) {
    let widths = [RollInput.frames, 16, 32, 48, 64]
    layers = (0..<4).map { index in
      let taps = index == 0 ? 5 : 3
      let fan = Float(taps * taps * widths[index])
      return (
        Conv2d(
          w / "layers" / index, inputs: widths[index], outputs: widths[index + 1], taps: (taps, taps), stride: (2, 2),
          padding: (taps / 2, taps / 2), initial: .normal(deviation: (2 / fan).squareRoot())),
        LayerNorm(w / "layers" / index / "norm", width: widths[index + 1])
      )
    }
    let left = RollInput.pedalRows / 16 * (RollInput.pedalColumns / 16) * widths[4]
    hidden = Linear(w / "hidden", inputs: left, outputs: 64)
    output = Linear(w / "output", inputs: 64, outputs: 3, initial: .normal(deviation: 0.01))
  }

  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    let batch = pictures.shape[0]
    precondition(
      pictures.shape == Shape(batch, RollInput.pedalRows, RollInput.pedalColumns, RollInput.frames),
      "pedals seen in \(pictures.shape)")
    var x = layerNorm(pictures.reshaped(batch, pictures.shape.count / max(1, batch))).reshaped(pictures.shape)
    for layer in layers { x = relu(layer.norm(layer.convolution(x))) }
    return output(gelu(hidden(x.reshaped(batch, x.shape.count / max(1, batch)))))
  }
}
