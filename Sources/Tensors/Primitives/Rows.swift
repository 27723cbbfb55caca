// Rows: softmax and the two norms, along the last axis.
import Kernels

/// exp(x − max) / Σ along the last axis; a row of −∞ becomes zeros.
public struct Softmax: Primitive {
  public init() {}
  public func shape(_ inputs: [Shape]) -> Shape { inputs[0] }
  public func run(_ inputs: Views, _ output: View) {
    fp_softmax(output.shape.rows, output.shape.width, inputs[0].data, output.data)
  }
  public func gradients(_ step: Step) -> [Tensor?] {
    let dx = Tensor(step.output.shape, storage: Storage(step.output.shape.count))
    let y = step.output
    fp_softmax_backward(y.shape.rows, y.shape.width, y.data, step.upstream.data, dx.data)
    return [dx]
  }
}

/// (x − mean)/√(variance + ε), or x/√(mean square + ε), along the last axis.
public struct Normalisation: Primitive {
  public enum Kind: Sendable { case layer, rootMeanSquare }
  public let kind: Kind, epsilon: Float

  public init(_ kind: Kind, epsilon: Float = 1e-6) {
    self.kind = kind
    self.epsilon = epsilon
  }

  public func shape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public func run(_ inputs: Views, _ output: View) {
    let rows = output.shape.rows
    let width = output.shape.width
    switch kind {
    case .layer: fp_layer_norm(rows, width, epsilon, inputs[0].data, output.data)
    case .rootMeanSquare: fp_rms_norm(rows, width, epsilon, inputs[0].data, output.data)
    }
  }

  public func gradients(_ step: Step) -> [Tensor?] {
    let x = step.inputs[0]
    let dx = Tensor(x.shape, storage: Storage(x.shape.count))
    let rows = x.shape.rows
    let width = x.shape.width
    switch kind {
    case .layer: fp_layer_norm_backward(rows, width, epsilon, x.data, step.upstream.data, dx.data)
    case .rootMeanSquare: fp_rms_norm_backward(rows, width, epsilon, x.data, step.upstream.data, dx.data)
    }
    return [dx]
  }
}

public func softmax(_ x: Tensor) -> Tensor { Softmax()(x) }
public func layerNorm(_ x: Tensor) -> Tensor { Normalisation(.layer)(x) }
public func rootMeanSquareNorm(_ x: Tensor) -> Tensor { Normalisation(.rootMeanSquare)(x) }
