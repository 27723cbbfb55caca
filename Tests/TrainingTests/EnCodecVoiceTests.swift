// EnCodecVoiceTests: an EnCodec, downloaded or trained, becomes the codec of a generator and of a voice that plays.
import Codec
import Foundation
import Generator
import Performer
import Score
import Tensors
import Testing
import Training

@Suite(.serialized) struct EnCodecVoiceTests {
  let workshop = VoiceTaskTests()
  var path: String { workshop.scratch.path }

  /// A tiny EnCodec of random weights with the rates of the 24 kHz model.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("CodecTests/Fixtures/encodec-live").path

  private func generatorTask(_ codec: TrainedCodec, _ set: PianoSet, _ latents: LatentSet) throws -> GeneratorTask {
    var c = Toys.generator
    (c.latentWidth, c.conditionWidth) = (8, Condition.width(harmonicBands: 0))
    return try GeneratorTask(
      c, set: set, latents: latents, codec: codec.model, identity: codec.version, seed: 1, frames: 24)
  }

  private func render(_ voice: String, block: Int, seconds: Double, until release: Int64) throws -> [Float] {
    let events = [
      PerformanceEvent(sample: 100, kind: .noteOn, key: 60, value: 90),
      PerformanceEvent(sample: release, kind: .noteOff, key: 60),
    ]
    return OfflinePerformer(instrument: try VoicePlayer.open(voice), hostRate: 24000, blockFrames: block)
      .render(events, seconds: seconds)
  }

  @Test func `A downloaded folder becomes a voice that plays`() throws {
    let set = try workshop.makeSet()
    let codec = try TrainedCodec(path: Self.folder)
    #expect(codec.version.hasPrefix("weights "))
    let latents = try LatentSet(
      path: path + "/latents.safetensors", identity: codec.version, set: set, model: codec.model
    ) { _ in }
    let whole = try latents.latents(1, first: 0, frames: latents.frames[1])
    #expect(try whole.shape[1] == 8 && latents.energy(0, first: 3, frames: 2).shape == Shape(2, 0))
    let kept = try LatentSet(kept: path + "/latents.safetensors")
    #expect(try kept.latents(1, first: 0, frames: kept.frames[1]).array == whole.array)

    try workshop.train(generatorTask(codec, set, latents), "generator", steps: 12)
    try workshop.train(generatorTask(codec, set, latents), "once more", steps: 12, stops: [5])
    try workshop.expectSame("generator", "once more")
    #expect(try workshop.measure("generator", "error when performing in 4 steps").isFinite)

    let voice = path + "/voice.safetensors"
    try VoiceExport.write(
      name: "Small", codec: codec, generator: TrainedGenerator(run: path + "/generator"), latents: latents,
      card: ["licence": "MIT"], to: voice)
    #expect(try Voice(path: voice).codec == .encodec(EnCodec.configuration(in: Self.folder)))
    let sound = try render(voice, block: 2, seconds: 3, until: 4000)
    #expect(sound.allSatisfy(\.isFinite) && sound.contains { abs($0) > 1e-6 })
    #expect(try render(voice, block: 2, seconds: 3, until: 4000) == sound)
    // Long after the note nothing is computed.
    #expect(sound.suffix(24000).allSatisfy { $0 == 0 })
    try checkBlocks(voice)
  }

  /// A generator that answers nothing leaves the noise, which depends on the frame alone: then blocks of all sizes are
  /// the same sound.
  private func checkBlocks(_ voice: String) throws {
    let file = try SafeTensors(path: voice)
    let tensors = try file.names.map { name in
      let tensor = try file.tensor(name)
      return (name: name, tensor: name.hasPrefix("generator.") ? Tensor(zeros: tensor.shape) : tensor)
    }
    let still = path + "/still.safetensors"
    try SafeTensors.write(tensors, metadata: file.metadata, to: still)
    let sound = try render(still, block: 1, seconds: 0.5, until: 24000)
    #expect(sound.contains { abs($0) > 1e-6 })
    for block in [2, 3, 7] { #expect(try render(still, block: block, seconds: 0.5, until: 24000) == sound) }
  }

  @Test func `An EnCodec learns, and its run is a codec`() throws {
    let set = try workshop.makeSet()
    func task(_ start: EnCodecStart) throws -> EnCodecTask {
      try EnCodecTask(start, set: set, seed: 1, excerptFrames: 12)
    }
    let start = EnCodecStart(path: Self.folder + "/config.json")
    try workshop.train(task(start), "codec", steps: 30)
    try workshop.train(task(start), "again", steps: 30, stops: [11])
    try workshop.expectSame("codec", "again")
    let falling = try workshop.losses("codec")
    let before: Float = falling.prefix(5).reduce(0, +)
    let after: Float = falling.suffix(5).reduce(0, +)
    #expect(after < 0.95 * before)
    #expect(try workshop.measure("codec", "loss of the kept piece").isFinite)

    let trained = try TrainedCodec(path: path + "/codec")
    #expect(trained.version == "step 30" && trained.model.configuration.bands == 0)
    let heard = try Audition(set.pieces[1], seconds: 1, codec: trained.model)
    #expect(heard.latents.shape == Shape(1, 75, 8))
    #expect(heard.sound(heard.latents).shape == heard.original.shape)

    // From the weights of others: a first loss that random weights do not have.
    try workshop.train(task(EnCodecStart(path: Self.folder)), "further", steps: 1)
    #expect(try workshop.losses("further")[0] != falling[0])
  }

  @Test func `What is no codec, or none that plays, is said`() throws {
    let none = #expect(throws: TrainingError.self) { try TrainedCodec(path: path) }
    #expect(
      none?.description.contains("expected a run of `fotoplayer-train codec` or a folder with an EnCodec") == true)
    let other = Self.folder.replacingOccurrences(of: "encodec-live", with: "encodec-acausal")
    let still = #expect(throws: TrainingError.self) { try TrainedCodec(path: other) }
    #expect(still?.description.contains("use_causal_conv is false") == true)
    let fast = Self.folder.replacingOccurrences(of: "encodec-live", with: "encodec-causal")
    let rate = #expect(throws: TrainingError.self) { try TrainedCodec(path: fast) }
    #expect(rate?.description.contains("24000 Hz in frames of 24: a voice has 24000 Hz in frames of 320") == true)
  }
}
