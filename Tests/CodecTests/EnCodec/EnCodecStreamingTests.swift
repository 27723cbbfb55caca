// EnCodecStreamingTests: a sound in pieces is the whole sound, bit for bit, eagerly and as a Program.
import Codec
import Tensors
import Testing

@Suite struct EnCodecStreamingTests {
  private static func random(_ sizes: Int...) -> Tensor {
    let tensor = Tensor(zeros: Shape(sizes))
    RandomWeights(seed: 3).fill("signal", tensor, initial: .uniform(bound: 1))
    return tensor
  }

  /// Frames of the pieces: the first ones long enough, then anything.
  private static let pieces = [1, 2, 5, 1, 1, 9, 3, 4]

  private func check(_ network: SEANet, columns: Int, width: Int, last: Int = 0) throws {
    let frames = network.primingFrames + Self.pieces.reduce(0, +)
    let x = Self.random(1, frames * columns + last, width)
    let whole = network(x).array
    var state: [Tensor]?
    var joined: [Float] = []
    var start = 0
    for (index, piece) in ([network.primingFrames] + Self.pieces).enumerated() {
      let length = piece * columns + (index == Self.pieces.count ? last : 0)
      joined += network(x.slice(axis: 1, start: start, length: length), state: &state).array
      start += length
    }
    #expect(joined == whole)
  }

  @Test(arguments: EnCodecFixture.streaming) func `Pieces equal the whole bit for bit`(_ name: String) throws {
    let codec = try EnCodecFixture(name).codec
    try check(codec.encoder, columns: codec.configuration.hop, width: 1)
    try check(codec.encoder, columns: codec.configuration.hop, width: 1, last: 5)
    try check(codec.decoder, columns: 1, width: 8)
  }

  @Test func `What must be heard first is told`() throws {
    let mirrored = try EnCodecFixture("causal").codec
    #expect(mirrored.encoder.primingFrames == 7 && mirrored.decoder.primingFrames == 7)
    let padded = try EnCodecFixture("identity").codec
    #expect(padded.encoder.primingFrames == 1 && padded.decoder.primingFrames == 1)
  }

  @Test func `Long sounds in pieces are short ones`() throws {
    let codec = try EnCodecFixture("causal").codec
    // Above two pieces of 300 frames, with an end that fills no frame.
    let x = Self.random(1, 720 * codec.configuration.hop + 7, 1)
    var steps = 0
    let latents = codec.latents(of: [x.array]) { _ in steps += 1 }
    #expect(steps == 2 && latents.array == codec.encoder(x).array)
    let codes = try codec.encode([x.array], bandwidth: 24)
    let sound = try codec.decode(codes)[0]
    let whole = codec.decoder(codec.quantizer.decode(codes.chunks[0].codes)).array
    #expect(sound == Array(whole[..<sound.count]) && sound.count == x.shape.count)
  }

  @Test(arguments: [("trimmed", "trim_right_ratio"), ("grouped", "norm_type"), ("acausal", "use_causal_conv")])
  func `What cannot stream says why`(_ name: String, _ key: String) throws {
    let codec = try EnCodecFixture(name).codec
    #expect(codec.decoder.obstacleToStreaming?.contains(key) == true)
    #expect(LatentCodec.encodec(codec.configuration).obstacleToPlaying?.contains(key) == true)
  }

  @Test(arguments: [1, 2, 3, 6]) func `A voice's decoder is the same in blocks of any size`(_ block: Int) throws {
    let codec = try EnCodecFixture("causal").codec
    let decoder = EnCodecDecoder(codec.decoder, codec.configuration, quiet: Self.random(8))
    let none = Tensor(zeros: Shape(1, 1, 0))
    let latents = Self.random(1, 12, 8)
    var state = decoder.silence()
    let whole = decoder(latents, source: none, energy: none, state: &state).array
    #expect(whole.count == 12 * codec.configuration.hop && whole.contains { $0 != 0 })

    let leaf = Tensor(zeros: Shape(1, block, 8)).tracked
    let before = decoder.silence().tracked
    state = before
    let sound = decoder(leaf, source: none, energy: none, state: &state)
    let program = Program(
      inputs: [leaf] + before.tensors, outputs: [sound] + state.tensors, carry: before.tensors.count)
    var joined: [Float] = []
    for start in stride(from: 0, to: 12, by: block) {
      program.inputs[0].data.update(from: latents.data + start * 8, count: block * 8)
      program.run()
      joined += Array(UnsafeBufferPointer(start: program.outputs[0].data, count: block * codec.configuration.hop))
    }
    #expect(joined == whole)
  }

  @Test func `Before the first note stands silence, not a beginning`() throws {
    let fixture = try EnCodecFixture("causal")
    let (c, source) = try EnCodec.weights(in: fixture.folder, parts: ["encoder", "decoder"])
    let (model, _) = try Weights.make(from: source) {
      (encoder: EnCodecEncoder($0 / "encoder", c), decoder: SEANet.decoder($0 / "decoder", c))
    }
    let quiet = model.encoder.silence
    let audio = Tensor(zeros: Shape(1, model.encoder.margin + 4 * c.hop))
    audio[audio.shape.count - 1] = 1
    let latents = model.encoder(audio, energy: quiet)
    #expect(latents.shape == Shape(1, 4, 8))
    for index in 0..<3 * 8 { #expect(abs(latents[index] - quiet[index % 8]) < 1e-3) }
    let decoder = EnCodecDecoder(model.decoder, c, quiet: quiet)
    var state = decoder.silence()
    let sound = decoder(Tensor(zeros: Shape(1, 4, 8)) + quiet, source: quiet, energy: quiet, state: &state)
    for index in 0..<3 * c.hop { #expect(abs(sound[index] - sound[index + c.hop]) < 1e-3) }
    let struck = decoder(latents, source: quiet, energy: quiet, state: &state).array
    #expect(struck.allSatisfy { $0.isFinite } && struck.suffix(c.hop) != struck.prefix(c.hop))
  }
}
