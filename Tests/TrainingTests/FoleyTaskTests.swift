// FoleyTaskTests: stage 1 learns from what clips have, words or films, and from nothing that was left out.
import Foundation
import Generator
import Scratch
import Tensors
import Testing
import Training

@Suite struct FoleyTaskTests {
  let scratch = try! Scratch()

  static var configuration: GeneratorConfiguration {
    var c = GeneratorConfiguration()
    (c.latentWidth, c.conditionWidth, c.textFeatures, c.videoFeatures) = (3, 0, 6, 5)
    (c.depth, c.expansion, c.timeWidth, c.window) = (2, 1, 8, 8)
    (c.audioWidth, c.audioHeads, c.videoWidth, c.videoHeads) = (16, 1, 8, 1)
    return c
  }

  /// Clips whose sound is what their words say and their film shows: high, or low.
  func manifest(_ count: Int, isSilent: Bool = false) -> ClipManifest {
    let clips = (0..<count).map { index in
      var clip = Clip(id: "clip \(index)", audio: "\(index).wav", key: "\(index)")
      if !isSilent && index % 3 != 2 { clip.captions = ["high", "above"] }
      if index % 3 != 0 { clip.video = "\(index).mp4" }
      return clip
    }
    return ClipManifest(folder: URL(fileURLWithPath: scratch.path), clips: clips)
  }

  func features(_ clip: Clip, frames: Int = 24) -> ClipFeatures {
    let isHigh = Int(clip.key)! % 2 == 0
    let level: Float = isHigh ? 1 : -1
    let latents = Tensor(Shape(frames, 3), (0..<frames * 3).map { 5 + 2 * (level + 0.1 * sin(Float($0))) })
    func rows(_ count: Int, _ width: Int) -> Tensor { Tensor(repeating: level, Shape(count, width)) }
    return ClipFeatures(
      latents: latents, captions: clip.captions.indices.map { rows(2 + $0, 6) },
      film: clip.video == nil ? nil : (rows(4, 5), [0, 0.08, 0.16, 0.24]))
  }

  func set(_ manifest: ClipManifest, _ folder: String, identity: String = "toys", frames: Int = 16) throws -> FoleySet {
    try FoleySet(
      manifest, folder: scratch.path + "/" + folder, identity: identity, frames: frames, make: { features($0) })
  }

  func task(_ part: FoleyTask.Part, learned: FoleySet, kept: FoleySet? = nil) throws -> FoleyTask {
    try FoleyTask(
      Self.configuration, part, learned: learned, kept: kept, identity: "toys", start: RandomWeights(seed: 1),
      frames: 16)
  }

  @Test func `Features are made once, by clip and encoder`() throws {
    var made: [String] = []
    func open(_ count: Int, _ identity: String) throws -> FoleySet {
      made = []
      return try FoleySet(manifest(count), folder: scratch.path + "/once", identity: identity, frames: 16) {
        made.append($0.id)
        return features($0)
      }
    }
    let first = try open(3, "one")
    #expect(made.count == 3 && first.count == 3 && first.short == 0)
    // The mean of each channel lies between the two kinds, two high and one low.
    for channel in 0..<3 {
      #expect(abs(first.mean[channel] - (5 + 2 / 3)) < 0.2 && abs(first.deviation[channel] - 1.9) < 0.2)
    }
    _ = try open(4, "one")
    #expect(made == ["clip 3"])
    _ = try open(3, "another")
    #expect(made.count == 3)
  }

  @Test func `What is too short, damaged or missing is said`() throws {
    #expect {
      _ = try set(manifest(3), "long", frames: 100)
    } throws: {
      "\($0)".contains("at least 100 frames") && "\($0)".contains(scratch.path)
    }
    let learned = try set(manifest(3), "damaged")
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/damaged")
    for file in files {
      try SafeTensors.write([("latents", Tensor(zeros: Shape(24)))], to: scratch.path + "/damaged/" + file)
    }
    let task = try task(.joint, learned: learned)
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    #expect {
      _ = try task.shard(&random)
    } throws: {
      "\($0)".contains(scratch.path + "/damaged")
    }
    #expect(throws: TrainingError.self) { try self.task(.words, learned: set(manifest(3, isSilent: true), "silent")) }
  }

  @Test func `Sound follows words and films, and the weights of words serve both`() throws {
    let learned = try set(manifest(12), "learned")
    let kept = try FoleySet(
      manifest(12), folder: scratch.path + "/kept", identity: "toys", frames: 16,
      statistics: (learned.mean, learned.deviation), make: { features($0, frames: 20) })
    var options = RunOptions()
    (options.threads, options.showsProgress, options.logEvery) = (2, false, 1)
    let words = try task(.words, learned: learned, kept: kept)
    _ = try Trainer(
      words, TrainerConfiguration(shards: 4, schedule: Schedule(peak: 5e-3, warmUp: 5, steps: 150), averageDecay: 0.9),
      folder: scratch.path + "/words", options: options
    ).run()
    let table = Dictionary(uniqueKeysWithValues: words.weights.entries.map { ($0.name, $0.tensor.untracked) })
    let joint = try FoleyTask(
      Self.configuration, .joint, learned: learned, kept: kept, identity: "toys",
      start: WeightTable(table, over: RandomWeights(seed: 1)), frames: 16)
    let before = try joint.evaluate(step: 0, folder: scratch.path)
    _ = try Trainer(
      joint, TrainerConfiguration(shards: 4, schedule: Schedule(peak: 5e-3, warmUp: 5, steps: 150), averageDecay: 0.9),
      folder: scratch.path + "/joint", options: options
    ).run()
    let after = try joint.evaluate(step: 150, folder: scratch.path)
    #expect(before.map(\.name) == ["kept clips", "kept clips unled"])
    #expect(before[0].value < before[1].value, "\(before)")
    #expect(after[0].value < before[0].value && after[0].value < 0.8 * after[1].value, "\(before), \(after)")
  }
}
