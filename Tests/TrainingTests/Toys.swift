// Toys: models as small as they can be, and the strings of the synthetic piano.
import Codec
import Generator
import Performer
import Tensors
import Training

enum Toys {
  static var codec: CodecConfiguration {
    var c = CodecConfiguration()
    (c.source.partials, c.source.harmonicBands, c.source.noiseBands) = (6, 8, 4)
    (c.latentWidth, c.width, c.depth, c.taps, c.expansion) = (4, 16, 1, 3, 1)
    return c
  }

  static var generator: GeneratorConfiguration {
    var c = GeneratorConfiguration()
    (c.latentWidth, c.conditionWidth) = (4, Condition.width(harmonicBands: 8))
    (c.depth, c.expansion, c.timeWidth, c.window) = (2, 1, 8, 8)
    (c.audioWidth, c.rollWidth, c.audioHeads, c.rollHeads) = (16, 8, 1, 1)
    return c
  }

  static var strings: [String: Tensor] { StringTable.tempered(codec.source, level: -4, decay: 2) }

  static func table() throws -> StringTable {
    try Weights.make(from: WeightTable(strings, over: RandomWeights(seed: 1))) { StringTable($0, codec.source) }.model
  }
}

extension Toys {
  /// Writes a voice that learned nothing, with its encoder.
  static func writeVoice(to path: String, seed: UInt64 = 1) throws {
    let (_, codec) = try Weights.make(
      from: WeightTable(
        Dictionary(uniqueKeysWithValues: strings.map { ("source." + $0.key, $0.value) }),
        over: RandomWeights(seed: seed))
    ) { CodecModel($0, Toys.codec) }
    let (_, network) = try Weights.make(from: RandomWeights(seed: seed)) {
      MultiStreamTransformer($0 / "generator", Toys.generator)
    }
    let metadata = Voice.metadata(name: "Toy", codec: .frame(Toys.codec), generator: Toys.generator)
    let statistics = [("mean", Float(0)), ("deviation", 1)].map {
      (name: "latents." + $0.0, tensor: Tensor(repeating: $0.1, Shape(4)))
    }
    try SafeTensors.write(
      (codec.entries + network.entries).map { (name: $0.name, tensor: $0.tensor) } + statistics,
      metadata: [metadata.key: metadata.value, "licence": "ISC", "data": "none"], to: path)
  }
}
