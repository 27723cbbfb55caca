// FeedForward: the two-layer network of a transformer block.
import Tensors

/// W₂·gelu(W₁·x).
public struct FeedForward: Sendable {
  let up: Linear, down: Linear

  public init(_ w: Scope, width: Int, hidden: Int) {
    up = Linear(w / "up", inputs: width, outputs: hidden)
    down = Linear(w / "down", inputs: hidden, outputs: width)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { down(gelu(up(x))) }
}
