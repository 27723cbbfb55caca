// TestVoice: a voice file that nothing was learned for: tempered strings, tiny networks of random weights.
import Codec
import Foundation
import Generator
import Performer
import Tensors
import Training

enum TestVoice {
  /// Writes the voice. `bound` is that of the networks' weights; not a number makes a voice that is broken.
  static func write(to path: String, bound: Float = 0.3) throws {
    var codec = CodecConfiguration()
    (codec.source.partials, codec.source.harmonicBands, codec.source.noiseBands) = (6, 8, 4)
    (codec.latentWidth, codec.width, codec.depth, codec.taps, codec.expansion) = (4, 16, 1, 3, 1)
    var generator = GeneratorConfiguration()
    (generator.latentWidth, generator.conditionWidth) = (4, Condition.width(harmonicBands: 8))
    (generator.depth, generator.expansion, generator.timeWidth, generator.window) = (1, 1, 8, 8)
    (generator.audioWidth, generator.rollWidth, generator.audioHeads, generator.rollHeads) = (16, 8, 1, 1)
    let strings = [
      "source.frequency": Tensor(Shape(88), (0..<88).map { Float(StringTable.temperedFrequency($0)) }),
      "source.inharmonicity": Tensor(Shape(88), (0..<88).map { Float(StringTable.typicalInharmonicity($0)) }),
      "source.level": Tensor(Shape(88, 3, 6), [Float](repeating: -4, count: 88 * 3 * 6)),
      "source.decay": Tensor(Shape(88, 6), [Float](repeating: 2, count: 88 * 6)),
      "latents.mean": Tensor(Shape(4), [0, 0, 0, 0]),
      "latents.deviation": Tensor(Shape(4), [1, 1, 1, 1]),
    ]
    let (_, weights) = try Weights.make(from: WeightTable(strings, over: AnyWeights(bound: bound))) { w in
      (
        StringTable(w / "source", partials: 6), FrameDecoder(w / "decoder", codec),
        MultiStreamTransformer(w / "generator", generator), (w / "latents").constant("mean", 4),
        (w / "latents").constant("deviation", 4)
      )
    }
    let configuration = Voice.metadata(name: "Test Piano", codec: codec, generator: generator)
    try SafeTensors.write(
      weights, metadata: [configuration.key: configuration.value, "licence": "none needed"], to: path)
  }
}

/// Random weights where layers would begin with zeros too: they begin by doing nothing.
private struct AnyWeights: WeightSource {
  let bound: Float
  var names: [String] { [] }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
    RandomWeights(seed: 5).fill(name, tensor, initial: .uniform(bound: bound))
  }
}
