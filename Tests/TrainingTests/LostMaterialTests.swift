// LostMaterialTests: a piece that goes or shrinks while it is learned stops the run with its path; nothing learned is lost.
import Foundation
import Testing
import Training

@Suite(.serialized) struct LostMaterialTests {
  let tests = VoiceTaskTests()

  /// A codec's run of ten steps, broken after the second in one of the ways in which material goes.
  private func lose(_ way: (String) throws -> Void, words: String) throws {
    let set = try tests.makeSet()
    func task() throws -> CodecTask {
      try CodecTask(Toys.codec, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24)
    }
    try tests.train(task(), "whole", steps: 6)
    try tests.train(task(), "run", steps: 6, until: 2)
    let sound = try #require(set.pieces[0].sound as? SoundFile).path
    let bytes = try Data(contentsOf: URL(fileURLWithPath: sound))
    try way(sound)
    let error = #expect(throws: TrainingError.self) { try tests.train(task(), "run", steps: 6) }
    let text = error?.description ?? ""
    #expect(text.contains(sound) && text.contains(words) && text.contains("whole up to step 2"), "\(text)")
    try bytes.write(to: URL(fileURLWithPath: sound))
    try tests.train(task(), "run", steps: 6)
    try tests.expectSame("whole", "run")
  }

  @Test func `A piece that is gone`() throws {
    try lose({ try FileManager.default.removeItem(atPath: $0) }, words: "cannot open: No such file")
  }

  @Test func `A piece that became shorter`() throws {
    try lose({ try #require(truncate($0, 1000) == 0) }, words: "became shorter")
  }

  @Test func `Latents that became shorter`() throws {
    let set = try tests.makeSet()
    let codec = try CodecTask(
      Toys.codec, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24)
    let path = tests.scratch.path + "/latents.safetensors"
    let latents = try LatentSet(path: path, identity: "codec", set: set, model: VoiceCodec(codec.model)) { _ in }
    let task = try GeneratorTask(
      Toys.generator, set: set, latents: latents, codec: VoiceCodec(codec.model), identity: "codec", seed: 1,
      frames: 24)
    try tests.train(task, "run", steps: 6, until: 2)
    try #require(truncate(path, 800) == 0)
    let error = #expect(throws: TrainingError.self) { try tests.train(task, "run", steps: 6) }
    let text = error?.description ?? ""
    #expect(text.contains(path) && text.contains("became shorter") && text.contains("whole up to step"), "\(text)")
    // A set whose file does not hold what its header says is not opened.
    #expect(throws: (any Error).self) { try LatentSet(kept: path) }
  }
}
