// Video2RollWeights: the weights of Video2Roll as the released code saves them: its names, PyTorch's order of axes.
import Tensors

/// A safetensors file made of a state dictionary.
public struct Video2RollWeights: WeightSource {
  private let file: SafeTensors
  public let names: [String]

  public init(_ file: SafeTensors) {
    self.file = file
    // How many batches a running average saw: only training asks.
    names = file.names.filter { !$0.hasSuffix(".num_batches_tracked") }
  }

  /// Kernels are kept as [outputs, inputs, rows, columns]; ours are [outputs, rows·columns·inputs].
  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    guard let theirs = file.shape(name), theirs.count == 4, tensor.shape.rank == 2 else {
      return try file.fill(name, tensor, initial: initial)
    }
    guard theirs[0] == tensor.shape[0], theirs.dropFirst().reduce(1, *) == tensor.shape[1] else {
      throw WeightsError("\(name): expected \(tensor.shape), outputs and then taps and inputs, found \(theirs)")
    }
    let kernel = try file.tensor(name)
    let (inputs, taps) = (theirs[1], theirs[2] * theirs[3])
    for output in 0..<theirs[0] {
      for input in 0..<inputs {
        for tap in 0..<taps {
          tensor[(output * taps + tap) * inputs + input] = kernel[(output * inputs + input) * taps + tap]
        }
      }
    }
  }
}
