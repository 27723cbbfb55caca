// TorchLowering: a primitive said in PyTorch's operators. Each conformance lies with its family, in Lowering/.
import Tensors

/// A primitive that PyTorch computes.
protocol TorchLowering: Primitive {
  /// The result, of the primitive's shape or one with as many elements in the same order.
  ///
  /// - Parameter inputs: row-major, of the shapes that the primitive was given.
  func lower(_ inputs: [TorchTensor], _ torch: Torch) throws -> TorchTensor
}

/// A primitive whose gradient PyTorch computes. Those that are made of other primitives need no such thing.
protocol TorchGradient: Primitive {
  func lower(_ step: TorchStep) throws -> [TorchTensor?]
}

/// One step of the walk back on the device.
struct TorchStep {
  let inputs: [TorchTensor]
  let output: () throws -> TorchTensor
  let upstream: TorchTensor
  let wanted: [Bool]
  let torch: Torch

  func wants(_ index: Int) -> Bool { wanted[index] }
}
