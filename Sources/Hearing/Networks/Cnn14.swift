// Cnn14: 2048 numbers for a whole sound, and how much each of 527 kinds is heard in it: what FD, KL and the inception score
// of sounds are measured with (Kong and others 2020, PANNs). A state dictionary of theirs holds its weights.
import Layers
import Tensors

/// What it says of sounds.
public struct Tagging: Sendable {
  /// [sounds or patches, width].
  public let embeddings: Tensor
  /// [sounds or patches, kinds], before the sigmoid.
  public let outputs: Tensor
}

/// [sounds, frames, 64] in dB: each band normed, then six blocks of two convolutions of 3 × 3, each with norm and ReLU, all
/// blocks but the last ending in the mean of 2 × 2; the mean over bands, and over time largest + mean; a linear map with ReLU
/// to the embedding, another to the outputs.
public struct Cnn14: Sendable {
  /// The least frames of which something is left.
  public static let leastFrames = 32
  private let bands: BatchNorm
  private let blocks: [Block]
  private let embedding: Linear, output: Linear

  /// - Parameters:
  ///   - width: channels of the first block; each of the others has twice as many as the one before.
  ///   - kinds: of sound.
  public init(_ w: Scope, width: Int = 64, kinds: Int = 527) {
    bands = BatchNorm(w / "bn0", width: 64)
    blocks = (0..<6).map { level in
      Block(w / "conv_block\(level + 1)", inputs: level == 0 ? 1 : width << (level - 1), outputs: width << level)
    }
    embedding = Linear(w / "fc1", inputs: width << 5, outputs: width << 5)
    output = Linear(w / "fc_audioset", inputs: width << 5, outputs: kinds)
  }

  public func callAsFunction(_ sounds: Tensor) -> Tagging {
    precondition(
      sounds.shape.rank == 3 && sounds.shape[1] >= Self.leastFrames && sounds.shape[2] == 64, "sounds \(sounds.shape)")
    var x = bands(sounds).reshaped(sounds.shape[0], sounds.shape[1], 64, 1)
    let halves = Pooling2d(.mean, length: (2, 2), stride: (2, 2))
    for (level, block) in blocks.enumerated() { x = level < 5 ? halves(block(x)) : block(x) }
    x = Pooling2d(.mean, length: (1, x.shape[2]), stride: (1, 1))(x)
    let summed = (pooled(x, .largest) + pooled(x, .mean)).reshaped(x.shape[0], x.shape[3])
    let embeddings = relu(embedding(summed))
    return Tagging(embeddings: embeddings, outputs: output(embeddings))
  }

  private struct Block: Sendable {
    let first: Conv2d, firstNorm: BatchNorm, second: Conv2d, secondNorm: BatchNorm

    init(_ w: Scope, inputs: Int, outputs: Int) {
      first = Conv2d(w / "conv1", inputs: inputs, outputs: outputs, taps: (3, 3), padding: (1, 1), bias: false)
      second = Conv2d(w / "conv2", inputs: outputs, outputs: outputs, taps: (3, 3), padding: (1, 1), bias: false)
      (firstNorm, secondNorm) = (BatchNorm(w / "bn1", width: outputs), BatchNorm(w / "bn2", width: outputs))
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      relu(second(relu(first(x, firstNorm, .measured)), secondNorm, .measured))
    }
  }
}
