// Reconstruction: what adversarial training asks of a codec: a sound, and what became of it on its way through the latents.
import Tensors

/// A sound as it was, and as a codec made it anew.
public struct Reconstruction: Sendable {
  /// Both [batch, samples]; the output is tracked.
  public let target: Tensor, output: Tensor

  public init(target: Tensor, output: Tensor) {
    precondition(target.shape == output.shape && target.shape.rank == 2, "\(output.shape) made of \(target.shape)")
    self.target = target
    self.output = output
  }
}

/// A task that trains a codec. That is all that `AdversarialTask` needs.
public protocol ReconstructionTask: TrainingTask {
  /// Hz, of targets and outputs.
  var sampleRate: Int { get }

  /// Sends a shard's sound through the codec.
  func reconstruct(_ shard: Shard) -> Reconstruction
}

/// A distance of two sounds, with its share of the gradient.
public struct LossTerm: Sendable {
  public let name: String
  public let weight: Float
  /// One number, from [batch, samples] both.
  public let value: @Sendable (_ output: Tensor, _ target: Tensor) -> Tensor

  public init(
    _ name: String, weight: Float, _ value: @escaping @Sendable (_ output: Tensor, _ target: Tensor) -> Tensor
  ) {
    self.name = name
    self.weight = weight
    self.value = value
  }
}
