// RollCases: a frame of a film through both networks for rolls, with random weights.
import Benchmarking
import Conditioning
import Layers
import Tensors

/// A frame through the paper's network, for 88 keys.
struct Video2RollCase {
  func contestant(writing folder: String) throws -> Contestant {
    let (model, weights) = try Weights.make(from: RandomWeights(seed: 1)) { Video2Roll($0) }
    return try rollContestant(
      "Video2Roll, a frame", weights, Shape(1, 100, 900, 5), to: "\(folder)/video2roll.safetensors"
    ) { model($0) }
  }
}

/// A frame from above through the predictor that is shipped: whether keys are down.
struct StripCase {
  func contestant(writing folder: String) throws -> Contestant {
    let c = StripConfiguration.step(1)
    let (model, weights) = try Weights.make(from: RandomWeights(seed: 1)) { StripPredictor($0, c) }
    return try rollContestant(
      "strip predictor, a frame", weights, Shape(1, c.strip.rows, c.strip.columns, 5),
      to: "\(folder)/strip.safetensors"
    ) { model(RollInput(strips: [.top: $0])).down }
  }
}

private func rollContestant(
  _ name: String, _ weights: Weights, _ shape: Shape, to path: String, _ network: (Tensor) -> Tensor
) throws -> Contestant {
  let pictures = numbers(8, shape)
  try SafeTensors.write(
    weights.entries.map { (name: $0.name, tensor: $0.tensor) }
      + [(name: "pictures", tensor: pictures), (name: "logits", tensor: network(pictures))], to: path)
  let input = pictures.tracked
  let program = Program(inputs: [input], outputs: [network(input)])
  return Contestant(name) { program.run() }
}
