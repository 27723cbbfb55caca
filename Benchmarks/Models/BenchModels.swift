// bench-models: a block of a voice's generator, a frame of its decoder, a frame of a film, and a training step, timed; what was computed is
// written down, so that the peers in `peers/` can show that they compute the same.
import Benchmarking
import Codec
import Foundation
import Generator
import Tensors
import Torch

@main enum BenchModels {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let rounds = Int(arguments[3]), ["live", "training", "torch"].contains(arguments[4])
    else {
      print(
        "usage: bench-models VOICE.safetensors CASES-FOLDER ROUNDS live|training|torch\nprints times as JSON, seconds")
      exit(64)
    }
    let network = try Network(path: arguments[1])
    let times: [Times]
    if arguments[4] != "live" {
      let engine = arguments[4] == "torch" ? try TorchEngine(TorchLibrary(threads: 2)) : nil
      let codec = try CodecTrainingCase(network.codecConfiguration)
      try codec.write(to: arguments[2])
      times = try [
        GeneratorTrainingCase(network.generatorConfiguration).times(rounds: rounds, engine),
        codec.times(rounds: rounds, engine),
      ]
    } else {
      let folder = arguments[2]
      times = race(
        try [2, 3].map { try GeneratorCase(network, frames: $0).contestant(writing: folder) }
          + [1, 2].map { try DecoderCase(network, frames: $0).contestant(writing: folder) }
          + [
            try EnCodecCase().contestant(writing: folder), try Video2RollCase().contestant(writing: folder),
            try StripCase().contestant(writing: folder),
          ], rounds: rounds)
    }
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
