// Cases: the parts of a voice that run live, each once on known numbers for the peers to repeat, then against the clock.
import Benchmarking
import Codec
import Generator
import Kernels
import Layers
import Tensors

/// A tensor of normal numbers that depend on `key` alone.
func numbers(_ key: UInt32, _ shape: Shape) -> Tensor {
  let tensor = Tensor(zeros: shape)
  fp_normal(7, key, 0, tensor.data, shape.count)
  return tensor
}

/// A block of latents: four steps of the flow and one pass that remembers it.
struct GeneratorCase {
  let model: MultiStreamTransformer
  let frames: Int

  init(_ network: Network, frames: Int) { (model, self.frames) = (network.transformer, frames) }

  func contestant(writing folder: String) throws -> Contestant {
    let c = model.configuration
    let condition = numbers(1, Shape(1, frames, c.conditionWidth))
    try writeOnePass(condition, folder)
    let generator = BlockGenerator(model, frames: frames, precision: .float32)
    let latents = Tensor(zeros: Shape(1, frames, c.latentWidth))
    var frame: Int64 = 0
    return Contestant("generator, block of \(frames)") {
      generator.generate(
        frame: frame, seed: 1, condition: condition.data, steps: 4, guidance: 1, into: latents.data)
      frame += Int64(frames)
    }
  }

  /// One pass of the network on a full past.
  private func writeOnePass(_ condition: Tensor, _ folder: String) throws {
    let c = model.configuration
    let latents = numbers(2, Shape(1, frames, c.latentWidth))
    let time = Tensor(Shape(1), [0.3])
    let mask = Tensor(zeros: Shape(frames, c.window + frames))
    BlockMask.streaming(block: frames, window: c.window, filled: c.window, into: mask.data)
    let before = model.cacheWidths.enumerated().map { index, width in
      KeyValue(
        keys: numbers(UInt32(10 + index), Shape(1, c.window, width)),
        values: numbers(UInt32(40 + index), Shape(1, c.window, width)))
    }
    var past = before
    let place = Placement(
      queries: Tensor(Shape(frames), (c.window..<c.window + frames).map(Float.init)),
      keys: Tensor(Shape(c.window + frames), (0..<c.window + frames).map(Float.init)), mask: mask)
    let velocity = model(latents, condition: condition, time: time, place, past: &past)
    var tensors: [(name: String, tensor: Tensor)] = [
      ("latents", latents), ("condition", condition), ("time", time), ("mask", mask), ("velocity", velocity),
    ]
    for (index, one) in before.enumerated() {
      tensors += [("past.\(index).keys", one.keys), ("past.\(index).values", one.values)]
    }
    try SafeTensors.write(tensors, metadata: [:], to: "\(folder)/generator-\(frames).safetensors")
  }
}

/// Some frames of latents into sound.
struct DecoderCase {
  let decoder: FrameDecoder
  let frames: Int

  init(_ network: Network, frames: Int) { (decoder, self.frames) = (network.decoder, frames) }

  func contestant(writing folder: String) throws -> Contestant {
    let c = decoder.configuration
    let latents = numbers(3, Shape(1, frames, c.latentWidth))
    let source = numbers(4, Shape(1, frames, c.source.bands, c.source.hop))
    let energy = numbers(5, Shape(1, frames, c.source.bands))
    let silence = decoder.silence()
    var state = silence
    let sound = decoder(latents, source: source, energy: energy, state: &state)
    let past = silence.tensors.dropLast().enumerated().map { (name: "past.\($0)", tensor: $1) }
    try SafeTensors.write(
      [
        (name: "latents", tensor: latents), (name: "source", tensor: source), (name: "energy", tensor: energy),
        (name: "gains", tensor: silence.tensors.last!), (name: "sound", tensor: sound),
      ] + past, metadata: [:], to: "\(folder)/decoder-\(frames).safetensors")
    let program = decoderProgram(decoder, latents, source, energy)
    return Contestant(frames == 1 ? "decoder, a frame" : "decoder, \(frames) frames") { program.run() }
  }
}

/// A decoder laid flat as a voice's player does it, with its inputs in place.
private func decoderProgram(_ decoder: any LatentDecoder, _ latents: Tensor, _ source: Tensor, _ energy: Tensor)
  -> Program
{
  let inputs = [latents.tracked, source.tracked, energy.tracked]
  let before = decoder.silence().tracked
  var state = before
  let sound = decoder(inputs[0], source: inputs[1], energy: inputs[2], state: &state)
  let program = Program(
    inputs: inputs + before.tensors, outputs: [sound] + state.tensors, carry: before.tensors.count)
  for (place, tensor) in zip(program.inputs, [latents, source, energy]) {
    place.data.update(from: tensor.data, count: tensor.shape.count)
  }
  return program
}

/// A frame through the decoder of the 24 kHz EnCodec, with random weights.
struct EnCodecCase {
  func contestant(writing folder: String) throws -> Contestant {
    let c = EnCodecConfiguration()
    let (network, weights) = try Weights.make(from: RandomWeights(seed: 1)) { SEANet.decoder($0, c) }
    let decoder = EnCodecDecoder(network, c, quiet: numbers(6, Shape(c.latentWidth)))
    let latents = numbers(7, Shape(1, 1, c.latentWidth))
    let none = Tensor(zeros: Shape(1, 1, 0))
    let before = decoder.silence()
    var state = before
    let sound = decoder(latents, source: none, energy: none, state: &state)
    // The LSTM's layers among the state: h and c of each, [1, width].
    try SafeTensors.write(
      weights.entries.map { (name: $0.name, tensor: $0.tensor) }
        + before.tensors.enumerated().map { (name: "before.\($0)", tensor: $1) }
        + [(name: "latents", tensor: latents), (name: "sound", tensor: sound)],
      metadata: ["ratios": c.ratios.map { "\($0)" }.joined(separator: " ")], to: "\(folder)/encodec.safetensors")
    let program = decoderProgram(decoder, latents, none, none)
    return Contestant("EnCodec decoder, a frame") { program.run() }
  }
}
