// EventTaskTests: a predictor learns to tell when something begins in a film from films of which that is known; what it finds does
// not depend on how much of a film it looks at in one go.
import Conditioning
import Foundation
import Generator
import Scratch
import Tensors
import Testing
import Training

@Suite struct EventTaskTests {
  let toys = try! ToyClips()

  /// Films of one second, 25 pictures each: the first number of a picture is 1 in the one that an event falls into and −0.5
  /// elsewhere, the others say nothing. Two events each, one strong, one weak: the third number tells which.
  private func eventful(_ clip: Clip) -> ClipFeatures {
    let film = Tensor(zeros: Shape(25, 5))
    for picture in 0..<25 { film[5 * picture] = -0.5 }
    for event in clip.events {
      let picture = Int(event.time * 25)
      film[5 * picture] = 1
      film[5 * picture + 2] = event.strength > 0.5 ? 1 : -1
    }
    return ClipFeatures(
      latents: Tensor(zeros: Shape(75, ToyClips.width)), film: (film, (0..<25).map { Double($0) / 25 }),
      events: clip.events)
  }

  private func set(_ count: Int, _ folder: String, from first: Int = 0) throws -> FoleySet {
    var manifest = toys.manifest(first + count, isFilmed: true)
    manifest.clips.removeFirst(first)
    for index in manifest.clips.indices {
      let place = Double((7 * (first + index)) % 10)
      manifest.clips[index].events = [
        ClipEvent(time: 0.1 + 0.03 * place, strength: 0.9), ClipEvent(time: 0.6 + 0.03 * place, strength: 0.2),
      ]
    }
    return try toys.set(manifest, folder, frames: 60, eventful)
  }

  private func task(mirror: (@Sendable (Tensor) -> Tensor)? = nil) throws -> EventTask {
    try EventTask(
      learned: set(12, "learned"), kept: set(4, "kept", from: 12), frames: 60, encoders: ToyClips.encoders, seed: 1,
      mirror: mirror)
  }

  @Test func `What begins in a film is learned, and how strongly`() throws {
    let task = try task()
    try toys.train(task, "events", steps: 60, rate: 4e-3)
    let measured = try task.evaluate(step: 60, folder: toys.path)
    let measures = Dictionary(uniqueKeysWithValues: measured.map { ($0.name, $0.value) })
    #expect(measures["recall"] == 1 && measures["precision"] == 1, "\(measures)")
    #expect(measures["median error (ms)"]! < 25, "\(measures)")
    let trained = try TrainedEvents(run: toys.path + "/events")
    let clip = eventful(try set(1, "other", from: 30).clips[0])
    let said = trained.predictor.answers(frames: 75) {
      ShownFeatures.atLatentRate(clip.film!.features, times: clip.film!.times, first: $0.lowerBound, frames: $0.count)
    }
    let found = EventPicker()(onset: said.onset, strength: said.strength)
    #expect(found.count == 2 && abs(found[0].strength - 0.9) < 0.2 && abs(found[1].strength - 0.2) < 0.2, "\(found)")
  }

  @Test func `Half of the films are seen in a mirror, where somebody can tell`() throws {
    let task = try task(mirror: { $0 * -1 })
    var random = (0..<40).map { ShardRandom(seed: 1, step: 1, shard: $0) }
    let shards = try random.indices.map { try task.shard(&random[$0]) }
    // In the mirror a film's largest number becomes its least.
    let mirrored = shards.count { shard in
      let first = stride(from: 0, to: shard.seen.shape.count, by: 5).map { shard.seen[$0] }
      return -first.min()! > first.max()!
    }
    #expect(8...32 ~= mirrored, "\(mirrored)")
  }

  @Test func `Clips without films or events are not learned from, and a run of something else is said`() throws {
    var manifest = toys.manifest(3, isFilmed: true)
    for index in manifest.clips.indices { manifest.clips[index].events = [] }
    let eventless = try toys.set(manifest, "eventless")
    #expect {
      _ = try EventTask(learned: eventless, kept: nil, frames: 16, encoders: ToyClips.encoders, seed: 1)
    } throws: {
      "\($0)".contains("none of 3 clips has a film and events")
    }
    #expect(throws: TrainingError.self) { try TrainedEvents(run: toys.path + "/learned") }
  }
}
