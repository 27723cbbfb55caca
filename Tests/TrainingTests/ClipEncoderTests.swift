// ClipEncoderTests: clips become features, and what is wrong with one is said with its name.
import Foundation
import Generator
import Media
import Scratch
import Tensors
import Testing
import Training

@Suite struct ClipEncoderTests {
  let scratch = try! Scratch()

  struct Viewer: FilmViewer {
    var pictures = 40
    let identity = "a viewer", width = 3

    func features(ofFilm path: String) throws -> (features: Tensor, times: [Double]) {
      let times = (0..<pictures).map { Double($0) / 10 }
      return (Tensor(Shape(pictures, 3), times.flatMap { [Float($0), 0, 0] }), times)
    }
  }

  func encoders(_ viewer: Viewer? = Viewer()) throws -> ClipEncoders {
    ClipEncoders(
      codec: try TrainedCodec(path: EnCodecVoiceTests.folder), words: FixedReader(), films: viewer,
      places: .init(codec: EnCodecVoiceTests.folder))
  }

  /// A clip of a second of a file of two.
  func clip() throws -> (clip: Clip, manifest: ClipManifest) {
    try AudioFileWriter.write(
      (0..<48000).map { 0.1 * sinf(Float($0) / 10) }, to: scratch.path + "/a.wav", sampleRate: 24000)
    var clip = Clip(id: "a", audio: "a.wav", key: "a")
    (clip.video, clip.captions, clip.start, clip.seconds) = ("a.mp4", ["a hammer strikes", "knock"], 0.95, 1)
    clip.events = [ClipEvent(time: 0.5, strength: 1)]
    return (clip, ClipManifest(folder: URL(fileURLWithPath: scratch.path), clips: [clip]))
  }

  @Test func `A clip is its part of the media`() throws {
    let (clip, manifest) = try clip()
    let encoders = try encoders()
    let features = try encoders.features(of: clip, in: manifest)
    #expect(features.latents.shape == Shape(75, 8) && features.captions.count == 2 && features.events == clip.events)
    // The picture that is shown when the clip begins, and those until it ends.
    let film = try #require(features.film)
    #expect(film.times.count == 11 && abs(film.times[0] + 0.05) < 1e-9 && abs(film.times[10] - 0.95) < 1e-9)
    #expect(film.features[0] == 0.9)
    #expect(try self.encoders(nil).features(of: clip, in: manifest).film == nil)
    #expect(try ClipEncoders.Places(encoders.json) == encoders.places)
    #expect(throws: TrainingError.self) { try ClipEncoders.Places(["codec": "x"]) }
  }

  @Test func `What cannot be read, heard or seen is said`() throws {
    let (clip, manifest) = try clip()
    func refused(_ words: [String], _ viewer: Viewer? = Viewer(), _ change: (inout Clip) -> Void) {
      var changed = clip
      change(&changed)
      #expect {
        _ = try self.encoders(viewer).features(of: changed, in: manifest)
      } throws: { error in
        words.allSatisfy { "\(error)".contains($0) }
      }
    }
    refused(["a:", "1…512 words", "found 10000"]) {
      $0.captions = [Array(repeating: "word", count: 10_000).joined(separator: " ")]
    }
    refused(["a:", "1…512 words", "found 0"]) { $0.captions = ["  "] }
    refused(["/a.mp4", "a film with pictures from 0.95 s on"], Viewer(pictures: 0)) { _ in }
    refused(["/b.wav"]) { $0.audio = "b.wav" }
    refused(["/a.wav", "from 3.0 s on"]) { $0.start = 3 }
    refused(["/a.wav", "expected sound"]) { $0.seconds = 0.01 }
  }

  @Test func `A stage sounds a clip, as long as it is, the same again`() throws {
    let toys = try ToyClips()
    var c = ToyClips.configuration
    (c.textFeatures, c.videoFeatures) = (FixedReader().width, 3)
    let (clip, manifest) = try clip()
    let encoders = try encoders()
    let set = try FoleySet(manifest, folder: scratch.path + "/features", identity: "one", frames: 16) {
      try encoders.features(of: $0, in: manifest)
    }
    let task = try FoleyTask(
      c, .joint, learned: set, kept: nil, start: StageStart(seed: 1, encoders: encoders.json), frames: 16)
    try toys.train(task, "joint", steps: 2)
    let features = try encoders.features(of: clip, in: manifest)
    var performer = ClipPerformer(try toys.stage("joint"), encoders, FlowSampler(steps: 3))
    let sound = try performer.sound(features)
    #expect(sound.count == 24000 && sound.allSatisfy(\.isFinite) && sound.contains { $0 != 0 })
    #expect(try performer.sound(features) == sound)
    (performer.usesWords, performer.usesFilm) = (false, false)
    #expect(try performer.sound(features) != sound)
  }

  @Test func `Where features cannot be kept, the path is said, and nothing is half there`() throws {
    let (_, manifest) = try clip()
    try Data("a file".utf8).write(to: URL(fileURLWithPath: scratch.path + "/taken"))
    #expect(throws: (any Error).self) {
      _ = try FoleySet(manifest, folder: scratch.path + "/taken", identity: "one", frames: 16) { _ in
        ClipFeatures(latents: Tensor(zeros: Shape(20, 8)))
      }
    }
  }
}
