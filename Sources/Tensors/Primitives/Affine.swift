// Affine: one scale and one offset for every element.
import Kernels

/// scale·x + offset.
public struct Affine: Primitive {
  public let scale: Float, offset: Float

  public init(scale: Float = 1, offset: Float = 0) {
    self.scale = scale
    self.offset = offset
  }

  public func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  public func run(_ inputs: Views, _ output: View) {
    fp_affine(output.shape.count, scale, offset, inputs[0].data, output.data)
  }
  public func gradients(_ step: Step) -> [Tensor?] { [scale == 1 ? step.upstream : step.upstream * scale] }
}

public func * (x: Tensor, scale: Float) -> Tensor { Affine(scale: scale)(x) }
public func + (x: Tensor, offset: Float) -> Tensor { Affine(offset: offset)(x) }
public func - (x: Tensor, offset: Float) -> Tensor { Affine(offset: -offset)(x) }
