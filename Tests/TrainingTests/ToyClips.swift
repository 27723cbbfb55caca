// ToyClips: clips without media whose sound is what their words say and their film shows: high, or low.
import Foundation
import Generator
import Scratch
import Tensors
import Training

final class ToyClips {
  /// Of the latents: as many as the small EnCodec of the codecs' tests has.
  static let width = 8

  private let scratch: Scratch
  var path: String { scratch.path }

  init() throws { scratch = try Scratch() }

  static var configuration: GeneratorConfiguration {
    var c = GeneratorConfiguration()
    (c.latentWidth, c.conditionWidth, c.textFeatures, c.videoFeatures) = (width, 0, 6, 5)
    (c.depth, c.expansion, c.timeWidth, c.window) = (2, 1, 8, 8)
    (c.audioWidth, c.audioHeads, c.videoWidth, c.videoHeads, c.rollWidth, c.rollHeads) = (16, 1, 8, 1, 8, 1)
    return c
  }

  static let encoders: JSON = ["codec": "none", "words": "words", "films": "motion", "identity": "toys"]

  var start: StageStart { StageStart(seed: 1, encoders: Self.encoders) }

  func manifest(_ count: Int, isSilent: Bool = false, isFilmed: Bool = false) -> ClipManifest {
    let clips = (0..<count).map { index in
      var clip = Clip(id: "clip \(index)", audio: "\(index).wav", key: "\(index)")
      if !isSilent && (isFilmed || index % 3 != 2) { clip.captions = ["high", "above"] }
      if isFilmed || index % 3 != 0 { clip.video = "\(index).mp4" }
      clip.events = [ClipEvent(time: 0.04 + 0.02 * Double(index % 5), strength: 1)]
      return clip
    }
    return ClipManifest(folder: URL(fileURLWithPath: scratch.path), clips: clips)
  }

  func features(_ clip: Clip, frames: Int = 24) -> ClipFeatures {
    let isHigh = Int(clip.key)! % 2 == 0
    let level: Float = isHigh ? 1 : -1
    let count = frames * Self.width
    let latents = Tensor(Shape(frames, Self.width), (0..<count).map { 5 + 2 * (level + 0.1 * sin(Float($0))) })
    func rows(_ count: Int, _ width: Int) -> Tensor { Tensor(repeating: level, Shape(count, width)) }
    return ClipFeatures(
      latents: latents, captions: clip.captions.indices.map { rows(2 + $0, 6) },
      film: clip.video == nil ? nil : (rows(4, 5), [0, 0.08, 0.16, 0.24]), events: clip.events)
  }

  /// Sound that nothing but events tells of.
  func eventful(_ clip: Clip) -> ClipFeatures {
    let begin = Int(clip.events[0].time * 75)
    let values: [Float] = (0..<16 * Self.width).map { begin..<begin + 6 ~= $0 / Self.width ? 2 : -1 }
    return ClipFeatures(latents: Tensor(Shape(16, Self.width), values), events: clip.events)
  }

  func set(
    _ manifest: ClipManifest, _ folder: String, frames: Int = 16, statistics: LatentStatistics? = nil,
    _ make: ((Clip) -> ClipFeatures)? = nil
  ) throws -> FoleySet {
    try FoleySet(
      manifest, folder: scratch.path + "/" + folder, identity: "toys", frames: frames, statistics: statistics,
      make: make ?? { self.features($0) })
  }

  /// Trains to the last step, with pauses.
  func train<Task: TrainingTask>(
    _ task: Task, _ folder: String, steps: Int, stops: [Int] = [], rate: Float = 5e-3
  ) throws {
    for until in stops + [steps] {
      var options = RunOptions()
      (options.threads, options.showsProgress, options.logEvery, options.until) = (2, false, 1, until)
      let configuration = TrainerConfiguration(
        shards: 4, schedule: Schedule(peak: rate, warmUp: 5, steps: steps), averageDecay: 0.9)
      _ = try Trainer(task, configuration, folder: scratch.path + "/" + folder, options: options).run()
    }
  }

  func stage(_ folder: String, _ stages: [String] = TrainedStage.names) throws -> TrainedStage {
    try TrainedStage(run: scratch.path + "/" + folder, stages)
  }
}
