// bench-models: a block of a voice's generator, a frame of its decoder, and a training step, timed; what was computed is
// written down, so that the peers in `peers/` can show that they compute the same.
import Benchmarking
import Codec
import Foundation
import Generator
import Tensors

@main enum BenchModels {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rounds = Int(arguments[3]) else {
      print("usage: bench-models VOICE.safetensors CASES-FOLDER ROUNDS\nprints times as JSON, seconds")
      exit(64)
    }
    let network = try Network(path: arguments[1])
    let contestants =
      try [2, 3].map { try GeneratorCase(network, frames: $0).contestant(writing: arguments[2]) } + [
        try DecoderCase(network, frames: 1).contestant(writing: arguments[2]),
        try DecoderCase(network, frames: 2).contestant(writing: arguments[2]),
      ]
    var times = race(contestants, rounds: rounds)
    times.append(try TrainingCase(network.generatorConfiguration).times(rounds: max(2, rounds / 4)))
    print(String(decoding: try JSONEncoder().encode(times), as: UTF8.self))
  }
}

/// The networks of a voice file.
struct Network {
  let generatorConfiguration: GeneratorConfiguration
  let codecConfiguration: CodecConfiguration
  let transformer: MultiStreamTransformer
  let decoder: FrameDecoder

  init(path: String) throws {
    let file = try SafeTensors(path: path)
    let json = try JSON(parsing: Array((file.metadata["fotoplayer"] ?? "").utf8))
    let generator = try GeneratorConfiguration(json["generator"] ?? .null)
    let codec = try CodecConfiguration(json["codec"] ?? .null)
    (generatorConfiguration, codecConfiguration) = (generator, codec)
    (transformer, _) = try Weights.make(from: Chosen(file, "generator.")) {
      MultiStreamTransformer($0 / "generator", generator)
    }
    (decoder, _) = try Weights.make(from: Chosen(file, "decoder.")) { FrameDecoder($0 / "decoder", codec) }
  }
}
