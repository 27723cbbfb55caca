// TestVoice: a voice file that nothing was learned for: tempered strings, tiny networks of random weights.
import Codec
import Conditioning
import Foundation
import Generator
import Performer
import Tensors
import Training
import Watching

public enum TestVoice {
  public static var frameCodec: CodecConfiguration {
    var codec = CodecConfiguration()
    (codec.source.partials, codec.source.modes) = (6, 1)
    (codec.source.harmonicBands, codec.source.noiseBands) = (8, 4)
    (codec.latentWidth, codec.width, codec.depth, codec.taps, codec.expansion) = (4, 16, 1, 3, 1)
    return codec
  }

  /// Writes the voice. `bound` is that of the networks' weights; not a number makes a voice that is broken.
  public static func write(to path: String, bound: Float = 0.3, codec: LatentCodec = .frame(frameCodec)) throws {
    var generator = generator
    generator.latentWidth = codec.latentWidth
    generator.conditionWidth = Condition.width(harmonicBands: codec.harmonicBands)
    try write(to: path, name: "Test Piano", bound: bound, codec, generator)
  }

  /// A voice of Foley that learned as little, from these words; `films`: whether it watches, `events`: follows keys, `finds`: finds
  /// something in every film, at random.
  public static func writeFoley(
    to path: String, words: [String] = ["rain", "falls", "footsteps"], films: Bool = true, events: Bool = true,
    finds: Bool = false
  ) throws {
    var codec = CodecConfiguration.noise(bands: 6)
    (codec.latentWidth, codec.width, codec.depth, codec.taps, codec.expansion) = (4, 16, 1, 3, 1)
    var generator = generator
    (generator.latentWidth, generator.textFeatures) = (4, WordDirections().width)
    generator.conditionWidth = events ? EventRoll.width : 0
    generator.videoFeatures = films ? MotionView.width : 0
    (generator.videoWidth, generator.videoHeads) = (8, 1)
    let foley = FoleyReading(
      words: WordDirections().identity, films: films ? MotionView.identity : nil, vocabulary: words,
      classes: ["rain", "steps"],
      events: finds ? .object(finder.json.members! + [JSON.Member("threshold", JSON(0.0))]) : nil)
    try write(to: path, name: "Test Foley", bound: 0.3, .frame(codec), generator, foley, finder: finds ? finder : nil)
  }

  private static var finder: EventConfiguration {
    var finder = EventConfiguration(features: MotionView.width)
    (finder.width, finder.depth, finder.taps) = (8, 1, 5)
    return finder
  }

  private static var generator: GeneratorConfiguration {
    var generator = GeneratorConfiguration()
    (generator.depth, generator.expansion, generator.timeWidth, generator.window) = (1, 1, 8, 8)
    (generator.audioWidth, generator.rollWidth, generator.audioHeads, generator.rollHeads) = (16, 8, 1, 1)
    return generator
  }

  private static func write(
    to path: String, name: String, bound: Float, _ codec: LatentCodec, _ generator: GeneratorConfiguration,
    _ foley: FoleyReading? = nil, finder: EventConfiguration? = nil
  ) throws {
    let width = codec.latentWidth
    var known = [
      "latents.mean": Tensor(zeros: Shape(width)), "latents.deviation": Tensor(repeating: 1, Shape(width)),
    ]
    if let source = codec.source, source.hasStrings {
      for (name, table) in StringTable.tempered(source, level: -4, decay: 2) { known["source." + name] = table }
    }
    let (_, weights) = try Weights.make(from: WeightTable(known, over: AnyWeights(bound: bound))) { w in
      (
        codec.strings(w), codec.decoder(w),
        MultiStreamTransformer(w / "generator", generator), (w / "latents").constant("mean", width),
        (w / "latents").constant("deviation", width), finder.map { EventPredictor(w / "events", $0) }
      )
    }
    let configuration = Voice.metadata(name: name, codec: codec, generator: generator, foley: foley)
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
