// Conv2d: convolution over rows and columns, for networks that look at pictures, or at spectra as at pictures.
import Tensors

/// [batch, rows, columns, inputs] ↦ [batch, rows′, columns′, outputs], as `Convolution2d` says. The weight is
/// [outputs, row taps·column taps·inputs].
public struct Conv2d: Sendable {
  public let weight: Tensor, bias: Tensor?
  let convolution: Convolution2d

  /// - Parameter initial: of the weight; by default uniform within ±1/√fan, of `fan` inputs an output has. The bias
  ///   begins at zero.
  public init(
    _ w: Scope, inputs: Int, outputs: Int, taps: (rows: Int, columns: Int), stride: (rows: Int, columns: Int) = (1, 1),
    dilation: Int = 1, padding: (rows: Int, columns: Int) = (0, 0), bias: Bool = true, initial: Initial? = nil
  ) {
    convolution = Convolution2d(taps: taps, stride: stride, dilation: dilation, padding: padding)
    let fan = taps.rows * taps.columns * inputs
    weight = w("weight", outputs, fan, initial: initial ?? .fan(fan))
    self.bias = bias ? w("bias", outputs, initial: .zeros) : nil
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { convolution([x, weight] + (bias.map { [$0] } ?? [])) }
}
