// VGGish: 128 numbers for each 0.96 s of sound, which FAD compares (Hershey and others 2017; Kilgour and others 2019).
// A state dictionary of torchvggish holds its weights.
import Layers
import Tensors

/// [patches, 96, 64, 1] ↦ [patches, 128]: four levels of convolutions of 3 × 3 with ReLU, each level ending in the largest of
/// 2 × 2, then three linear maps with ReLU between them.
///
/// What FAD takes is neither rectified nor whitened nor quantised, other than what AudioSet gives away.
public struct VGGish: Sendable {
  /// Channels of the levels, numbers of the linear maps.
  public struct Widths: Sendable, Equatable {
    public var levels = [64, 128, 256, 512]
    public var hidden = 4096, embedding = 128
    public init() {}
  }
  /// Of a patch: frames and bands.
  public static let patch = (frames: 96, bands: 64)
  private let levels: [[Conv2d]]
  private let linear: [Linear]

  public init(_ w: Scope, _ widths: Widths = Widths()) {
    precondition(widths.levels.count == 4, "\(widths.levels.count) levels")
    // The released code counts activations and poolings, too.
    let places = [[0], [3], [6, 8], [11, 13]]
    var inputs = 1
    levels = zip(places, widths.levels).map { places, outputs in
      places.map { place in
        defer { inputs = outputs }
        return Conv2d(w / "features" / place, inputs: inputs, outputs: outputs, taps: (3, 3), padding: (1, 1))
      }
    }
    let seen = Self.patch.frames / 16 * (Self.patch.bands / 16) * widths.levels[3]
    let sizes = [seen, widths.hidden, widths.hidden, widths.embedding]
    linear = (0..<3).map { Linear(w / "embeddings" / (2 * $0), inputs: sizes[$0], outputs: sizes[$0 + 1]) }
  }

  public func callAsFunction(_ patches: Tensor) -> Tensor {
    precondition(
      patches.shape.rank == 4 && patches.shape[1] == Self.patch.frames && patches.shape[2] == Self.patch.bands,
      "patches \(patches.shape)")
    let halves = Pooling2d(.largest, length: (2, 2), stride: (2, 2))
    let seen = levels.reduce(patches) { x, level in halves(level.reduce(x) { relu($1($0)) }) }
    let flat = seen.reshaped(seen.shape[0], seen.shape.count / seen.shape[0])
    return linear[2](relu(linear[1](relu(linear[0](flat)))))
  }
}
