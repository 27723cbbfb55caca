// TimeEmbedding: the flow time t ∈ [0, 1] as a vector that steers every layer of the audio stream.
// Sines and cosines of t at geometric frequencies, then two linear maps with SiLU between.
import Glibc
import Layers
import Tensors

/// t ↦ W₂·silu(W₁·[sin ωt, cos ωt]).
struct TimeEmbedding {
  let frequencies: Tensor
  let first: Linear, second: Linear

  init(_ w: Scope, width: Int) {
    precondition(width % 2 == 0, "time width \(width) is odd")
    let half = width / 2
    var values = [Float](repeating: 0, count: half)
    // ω runs from 1 to 1000, so that t = 0.001 and t = 1 are both told apart from their neighbours.
    var frequency: Float = 1
    let ratio = powf(1000, 1 / Float(max(1, half - 1)))
    for index in 0..<half {
      values[index] = frequency
      frequency *= ratio
    }
    frequencies = Tensor(Shape(half, 1), values)
    first = Linear(w / "first", inputs: width, outputs: 2 * width)
    second = Linear(w / "second", inputs: 2 * width, outputs: width)
  }

  /// [batch] ↦ [batch, 1, width], already through SiLU: what the steering maps take.
  func callAsFunction(_ time: Tensor) -> Tensor {
    let angles = Linear(weight: frequencies)(time.reshaped(time.shape.count, 1, 1))
    return silu(second(silu(first(concatenate([sin(angles), cos(angles)], axis: 2)))))
  }
}
