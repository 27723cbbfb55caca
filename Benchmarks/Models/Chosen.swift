// Chosen: the weights of a file below some name, as a source of their own.
import Tensors

/// What a file holds under a prefix.
struct Chosen: WeightSource {
  let file: SafeTensors, prefix: String

  init(_ file: SafeTensors, _ prefix: String) { (self.file, self.prefix) = (file, prefix) }

  var names: [String] { file.names.filter { $0.hasPrefix(prefix) } }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    try file.fill(name, tensor, initial: initial)
  }
}
