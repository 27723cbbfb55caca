// NoiseCodecTests: a codec of noise learns the sounds of clips, without a score, and its run opens as any codec's.
import Codec
import Foundation
import Media
import Scratch
import Tensors
import Testing
import Training

@Suite struct NoiseCodecTests {
  let scratch = try! Scratch()

  private static var configuration: CodecConfiguration {
    var c = CodecConfiguration.noise(bands: 8)
    (c.latentWidth, c.width, c.depth, c.taps, c.expansion) = (4, 16, 1, 3, 1)
    return c
  }

  /// Clips of hiss that comes and goes, some at another rate, one of them a part of its file.
  private func manifest() throws -> ClipManifest {
    let clips = try (0..<4).map { index in
      let rate = index == 1 ? 48000 : 24000
      var random = ShardRandom(seed: 1, step: 0, shard: index)
      try AudioFileWriter.write(
        (0..<2 * rate).map { ($0 * 4 / rate) % 2 == 0 ? 0 : 0.2 * (random.uniform() - 0.5) },
        to: "\(scratch.path)/\(index).wav", sampleRate: rate)
      var clip = Clip(id: "\(index)", audio: "\(index).wav", key: "\(index)")
      clip.captions = ["Hiss \(index)"]
      (clip.licence, clip.source) = ("none needed", "computed")
      if index == 2 { (clip.start, clip.seconds) = (0.5, 1) }
      return clip
    }
    return ClipManifest(folder: URL(fileURLWithPath: scratch.path), clips: clips)
  }

  @Test func `Sounds of clips are pieces without events, read where they are wanted`() throws {
    let set = try PianoSet(clips: manifest())
    #expect(set.pieces.map(\.samples) == [48000, 48000, 24000, 48000] && set.pieces.allSatisfy { $0.events.isEmpty })
    let part = try set.pieces[2].audio(from: -10, count: 24020)
    let whole = try AudioFileReader(scratch.path + "/2.wav").readAll()
    #expect(Array(part[10..<24010]) == Array(whole[12000..<36000]))
    #expect(part[..<10].allSatisfy { $0 == 0 } && part[24010...].allSatisfy { $0 == 0 })
    #expect(set.manifest.licence.contains("none needed (4 clips)"))
    try FileManager.default.removeItem(atPath: scratch.path + "/3.wav")
    #expect {
      _ = try PianoSet(
        clips: ClipManifest(folder: manifest().folder, clips: [Clip(id: "x", audio: "gone.wav", key: "x")]))
    } throws: {
      "\($0)".contains("gone.wav")
    }
  }

  @Test func `A codec learns them, and its run carries a sound`() throws {
    let set = try PianoSet(clips: manifest())
    let task = try CodecTask(Self.configuration, set: set, strings: [:], seed: 1, excerptFrames: 24)
    var options = RunOptions()
    (options.threads, options.showsProgress, options.logEvery) = (2, false, 1)
    let run = scratch.path + "/codec"
    _ = try Trainer(
      task, TrainerConfiguration(shards: 2, schedule: Schedule(peak: 5e-3, warmUp: 2, steps: 60), averageDecay: 0.9),
      folder: run, options: options
    ).run()
    let losses = try TrainingLog.lines(run + "/log.jsonl").compactMap { $0["loss"]?.float }
    let (before, after) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(losses.count == 60 && after < 0.9 * before, "\(before), \(after)")
    let codec = try TrainedCodec(path: run)
    #expect(codec.model.configuration == .frame(Self.configuration))
    let audition = try Audition(set.pieces[0], seconds: 1, codec: codec.model)
    let sound = audition.sound(audition.latents).array
    func power(_ range: Range<Int>) -> Float { sound[range].reduce(0) { $0 + $1 * $1 } }
    // It hisses where the clip does.
    #expect(power(7500..<11000) > 4 * power(1500..<5000), "\(power(7500..<11000)), \(power(1500..<5000))")
  }
}
