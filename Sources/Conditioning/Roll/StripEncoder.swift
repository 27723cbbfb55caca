// StripEncoder: one view of the keys to features of every key. Rows shrink faster than columns, until a column is a place.
import Layers
import Tensors

/// [batch, rows, columns, 5] ↦ [batch, 88, width].
///
/// Convolutions with strides 4×2, 2×1 and 2×2 leave a sixteenth of the rows and a quarter of the columns (three a white key); one
/// more, as high as what is left, makes a feature vector of each column. A key then looks at its middle and a third of a
/// white key to both sides.
public struct StripEncoder: Sendable {
  private let strip: StripGeometry
  private let stem: [(convolution: Conv2d, norm: LayerNorm)]
  private let residual: (convolution: Conv2d, norm: LayerNorm)
  private let collapse: Conv2d, key: Linear
  /// What a place in the octave adds, [12, width]: the outlines of keys differ.
  private let place: Tensor
  private let looks: Tensor, octave: Tensor

  public init(_ w: Scope, _ c: StripConfiguration) {
    strip = c.strip
    func layer(
      _ name: Int, _ inputs: Int, _ outputs: Int, taps: (rows: Int, columns: Int), stride: (rows: Int, columns: Int)
    ) -> (convolution: Conv2d, norm: LayerNorm) {
      let w = w / "stem" / name
      let fan = Float(taps.rows * taps.columns * inputs)
      return (
        Conv2d(
          w, inputs: inputs, outputs: outputs, taps: taps, stride: stride, padding: (taps.rows / 2, taps.columns / 2),
          initial: .normal(deviation: (2 / fan).squareRoot())), LayerNorm(w / "norm", width: outputs)
      )
    }
    let widths = c.stem
    stem = [
      layer(0, RollInput.frames, widths[0], taps: (5, 5), stride: (4, 2)),
      layer(1, widths[0], widths[1], taps: (3, 3), stride: (2, 1)),
      layer(2, widths[1], widths[2], taps: (3, 3), stride: (2, 2)),
    ]
    residual = layer(3, widths[2], widths[2], taps: (3, 3), stride: (1, 1))
    collapse = Conv2d(w / "collapse", inputs: widths[2], outputs: c.width, taps: (Self.rows(c.strip), 1))
    key = Linear(w / "key", inputs: 3 * c.width, outputs: c.width)
    place = w("place", 12, c.width, initial: .zeros)
    let cells = Self.cells(c.strip)
    looks = Tensor(
      Shape(3 * StripGeometry.keys, cells),
      [-1.0 / 3, 0, 1.0 / 3].flatMap { StripGeometry.looks(cells: cells, offset: $0) })
    octave = Tensor(
      Shape(StripGeometry.keys, 12),
      (0..<StripGeometry.keys).flatMap { key in (0..<12).map { (key + 9) % 12 == $0 ? Float(1) : 0 } })
  }

  /// Rows and columns that the stem leaves.
  static func rows(_ strip: StripGeometry) -> Int { ((strip.rows - 1) / 4 / 2 + 1 - 1) / 2 + 1 }
  static func cells(_ strip: StripGeometry) -> Int { ((strip.columns - 1) / 2) / 2 + 1 }

  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    let shape = pictures.shape
    precondition(
      shape == Shape(shape[0], strip.rows, strip.columns, RollInput.frames),
      "pictures \(shape) for a strip of \(strip.rows) rows and \(strip.columns) columns")
    // What light there is, and how much contrast, is taken out.
    var x = layerNorm(pictures.reshaped(shape[0], shape.count / max(1, shape[0]))).reshaped(shape)
    for layer in stem { x = relu(layer.norm(layer.convolution(x))) }
    x = x + relu(residual.norm(residual.convolution(x)))
    x = relu(collapse(x))
    let columns = x.reshaped(shape[0], x.shape[2], x.shape[3])
    let (keys, width) = (StripGeometry.keys, x.shape[3])
    let looked = Mixing()(looks, columns)
    let sides = (0..<3).map { looked.slice(axis: 1, start: $0 * keys, length: keys) }
    return key(concatenate(sides, axis: 2)) + MatMul()(octave, place).reshaped(1, keys, width)
  }
}
