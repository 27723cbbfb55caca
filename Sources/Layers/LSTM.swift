// LSTM: long short-term memory, one or several layers on top of each other, with PyTorch's names and order of gates.
import Tensors

/// [batch, frames, inputs] ↦ [batch, frames, width].
public struct LSTM: Sendable {
  /// What a layer remembers: h and c, [batch, width] each.
  public struct State: Sendable {
    public var hidden: Tensor, cell: Tensor

    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }
  }

  private struct Layer: Sendable {
    let weight: Tensor, recurrent: Tensor
    /// Two biases only ever act as their sum; both are kept because weights of other makers have both. They are added
    /// where they are used, since training changes them in place.
    let bias: (input: Tensor, recurrent: Tensor)
    var input: Linear { Linear(weight: weight, bias: bias.input + bias.recurrent) }
  }

  public let width: Int
  private let layers: [Layer]

  public init(_ w: Scope, inputs: Int, width: Int, layers: Int = 1) {
    self.width = width
    self.layers = (0..<layers).map { index in
      Layer(
        weight: w("weight_ih_l\(index)", 4 * width, index == 0 ? inputs : width, initial: .fan(width)),
        recurrent: w("weight_hh_l\(index)", 4 * width, width, initial: .fan(width)),
        bias: (
          w("bias_ih_l\(index)", 4 * width, initial: .zeros), w("bias_hh_l\(index)", 4 * width, initial: .zeros)
        ))
    }
  }

  /// The state of a silent beginning, one for each layer.
  public func silence(batch: Int = 1) -> [State] {
    layers.map { _ in
      State(hidden: Tensor(zeros: Shape(batch, width)), cell: Tensor(zeros: Shape(batch, width)))
    }
  }

  /// - Parameter state: before x; becomes the state after it.
  public func callAsFunction(_ x: Tensor, state: inout [State]) -> Tensor {
    precondition(state.count == layers.count, "\(state.count) states for \(layers.count) layers")
    var x = x
    for (index, layer) in layers.enumerated() {
      let trace = Recurrence()(layer.input(x), layer.recurrent, state[index].hidden, state[index].cell)
      let (batch, frames) = (x.shape[0], x.shape[1])
      func last(_ start: Int) -> Tensor {
        trace.slice(axis: 1, start: frames - 1, length: 1).slice(axis: 2, start: start, length: width)
          .reshaped(batch, width)
      }
      state[index] = State(hidden: last(5 * width), cell: last(4 * width))
      x = trace.slice(axis: 2, start: 5 * width, length: width)
    }
    return x
  }
}
