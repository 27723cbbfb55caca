// StateDictionary: weights as PyTorch saves them: its names, its order of axes.
import Tensors

/// A safetensors file made of a state dictionary.
public struct StateDictionary: WeightSource {
  private let file: SafeTensors
  public let names: [String]

  /// - Parameter ignored: beginnings of names that no layer asks for, such as tables that can be computed.
  public init(_ file: SafeTensors, ignoring ignored: [String] = []) {
    self.file = file
    // How many batches a running average saw: only training asks.
    names = file.names.filter { name in
      !name.hasSuffix(".num_batches_tracked") && !ignored.contains { name.hasPrefix($0) }
    }
  }

  /// Kernels are kept as [outputs, inputs, rows, columns]; ours are [outputs, rows·columns·inputs] or, where each channel
  /// is by itself, [rows, columns, channels].
  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    guard let theirs = file.shape(name), theirs.count == 4, 2...3 ~= tensor.shape.rank else {
      return try file.fill(name, tensor, initial: initial)
    }
    let (outputs, inputs, taps) = (theirs[0], theirs[1], theirs[2] * theirs[3])
    let isEach = tensor.shape.rank == 3
    let ours = isEach ? Shape(theirs[2], theirs[3], outputs) : Shape(outputs, inputs * taps)
    guard tensor.shape == ours, !isEach || inputs == 1 else {
      let order = isEach ? "taps and then channels" : "outputs and then taps and inputs"
      throw WeightsError("\(name): expected \(tensor.shape), \(order), found \(theirs)")
    }
    let kernel = try file.tensor(name)
    for output in 0..<outputs {
      for input in 0..<inputs {
        for tap in 0..<taps {
          let place = isEach ? tap * outputs + output : (output * taps + tap) * inputs + input
          tensor[place] = kernel[(output * inputs + input) * taps + tap]
        }
      }
    }
  }
}
