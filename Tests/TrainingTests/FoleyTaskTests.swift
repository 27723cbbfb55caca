// FoleyTaskTests: stage 1 learns from what clips have, words, films or events, and from nothing that was left out.
import Foundation
import Generator
import Scratch
import Tensors
import Testing
import Training

@Suite struct FoleyTaskTests {
  let toys = try! ToyClips()

  func task(_ part: FoleyTask.Part, learned: FoleySet, kept: FoleySet? = nil, start: StageStart? = nil) throws
    -> FoleyTask
  {
    var c = ToyClips.configuration
    if part == .words { c.videoFeatures = 0 }
    return try FoleyTask(c, part, learned: learned, kept: kept, start: start ?? toys.start, frames: 16)
  }

  @Test func `Features are made once, by clip and encoder`() throws {
    var made: [String] = []
    func open(_ count: Int, _ identity: String) throws -> FoleySet {
      made = []
      return try FoleySet(toys.manifest(count), folder: toys.path + "/once", identity: identity, frames: 16) {
        made.append($0.id)
        return toys.features($0)
      }
    }
    let first = try open(3, "one")
    #expect(made.count == 3 && first.count == 3 && first.short == 0)
    // The mean of each channel lies between the two kinds, two high and one low.
    for channel in 0..<ToyClips.width {
      let (mean, deviation) = (first.statistics.mean[channel], first.statistics.deviation[channel])
      #expect(abs(mean - (5 + 2 / 3)) < 0.2 && abs(deviation - 1.9) < 0.2)
    }
    _ = try open(4, "one")
    #expect(made == ["clip 3"])
    _ = try open(3, "another")
    #expect(made.count == 3)
  }

  @Test func `Features are read as they were written`() throws {
    let clip = toys.manifest(2).clips[1]
    let features = toys.features(clip)
    let path = toys.path + "/clip.safetensors"
    try features.write(to: path, identity: "toys")
    let read = try ClipFeatures(path)
    #expect(read.latents.array == features.latents.array && read.captions.count == features.captions.count)
    #expect(read.film?.times.count == features.film?.times.count && !read.events.isEmpty)
    for (found, wanted) in zip(read.events, features.events) {
      #expect(abs(found.time - wanted.time) < 1e-6 && abs(found.strength - wanted.strength) < 1e-6)
    }
  }

  @Test func `What is too short, damaged or missing is said`() throws {
    #expect {
      _ = try toys.set(toys.manifest(3), "long", frames: 100)
    } throws: {
      "\($0)".contains("at least 100 frames") && "\($0)".contains(toys.path)
    }
    let learned = try toys.set(toys.manifest(3), "damaged")
    let files = try FileManager.default.contentsOfDirectory(atPath: toys.path + "/damaged")
    for file in files {
      try SafeTensors.write([("latents", Tensor(zeros: Shape(24)))], to: toys.path + "/damaged/" + file)
    }
    let task = try task(.joint, learned: learned)
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    #expect {
      _ = try task.shard(&random)
    } throws: {
      "\($0)".contains(toys.path + "/damaged")
    }
    #expect(throws: TrainingError.self) {
      try self.task(.words, learned: toys.set(toys.manifest(3, isSilent: true), "silent"))
    }
  }

  @Test func `Features of other encoders are said, with their file`() throws {
    let learned = try toys.set(toys.manifest(3), "other") {
      ClipFeatures(latents: toys.features($0).latents, captions: [Tensor(zeros: Shape(2, 7))])
    }
    let task = try task(.words, learned: learned)
    #expect {
      for shard in 0..<20 {
        var random = ShardRandom(seed: 1, step: 1, shard: shard)
        _ = try task.shard(&random)
      }
    } throws: {
      "\($0)".contains("words 6 wide") && "\($0)".contains("found 7") && "\($0)".contains(toys.path + "/other")
    }
    // A file without the film that its clip has.
    let filmless = try toys.set(toys.manifest(3), "filmless") { ClipFeatures(latents: toys.features($0).latents) }
    let joint = try self.task(.joint, learned: filmless)
    #expect {
      for shard in 0..<20 {
        var random = ShardRandom(seed: 1, step: 1, shard: shard)
        _ = try joint.shard(&random)
      }
    } throws: {
      "\($0)".contains("film, found none") && "\($0)".contains(toys.path + "/filmless")
    }
  }

  @Test func `Sound follows words and films, and the weights of words serve both`() throws {
    let learned = try toys.set(toys.manifest(12), "learned")
    let kept = try toys.set(toys.manifest(12), "kept", statistics: learned.statistics) { toys.features($0, frames: 20) }
    let words = try task(.words, learned: learned, kept: kept)
    try toys.train(words, "words", steps: 150)
    let joint = try task(.joint, learned: learned, kept: kept, start: StageStart(toys.stage("words"), seed: 1))
    let before = try joint.evaluate(step: 0, folder: toys.path)
    try toys.train(joint, "joint", steps: 150)
    let after = try joint.evaluate(step: 150, folder: toys.path)
    #expect(before.map(\.name) == ["kept clips", "kept clips unled"])
    #expect(before[0].value < before[1].value, "\(before)")
    #expect(after[0].value < before[0].value && after[0].value < 0.8 * after[1].value, "\(before), \(after)")
  }

  @Test func `Sound follows events where nothing else tells`() throws {
    // Sound is at the top for a while after each event.
    let learned = try toys.set(toys.manifest(12), "events") { toys.eventful($0) }
    var c = ToyClips.configuration
    (c.videoFeatures, c.textFeatures, c.conditionWidth) = (0, 0, EventRoll.width)
    let task = try FoleyTask(c, .joint, learned: learned, kept: learned, start: toys.start, frames: 16)
    try toys.train(task, "eventful", steps: 200)
    let after = try task.evaluate(step: 200, folder: toys.path)
    #expect(after[0].value < 0.7 * after[1].value, "\(after)")
  }
}
