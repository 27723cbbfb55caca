// PianoRows: the paper's table of the piano, small: films that nobody learned from are read, and what was read is played by a
// synthesiser, or performed by the stages' models; each beside the film's own sound.
import Conditioning
import Evaluation
import Foundation
import Generator
import Score
import Tensors
import Training

struct PianoRows {
  /// The chain's folder; the films and their strips, in it.
  let folder: String
  static let films = "films-tested", strips = "rolls-tested"
  let soundfont: String, caption = "a piano is played"
  let steps: Int, seed: UInt64

  /// What a row is performed by, and what it is told.
  private struct Way {
    let name: String
    /// Nil: the synthesiser.
    var run: String?
    var usesRoll = true, hasVelocities = false
  }
  private static let ways = [
    Way(name: "Audeo's way: roll to FluidSynth"), Way(name: "without guidance", run: "stage2", usesRoll: false),
    Way(name: "with guidance", run: "stage2"), Way(name: "+ velocity", run: "stage2", hasVelocities: true),
    Way(name: "+ DPO", run: "preferred", hasVelocities: true),
  ]
  /// How loud notes are of which nothing is known.
  private static let plain: UInt8 = 64

  /// A film that was read.
  private struct Reading {
    let score: Score, audio: [Float]
    let notes: NoteAgreement
  }

  /// Adds a row for each way.
  ///
  /// - Parameter progress: hears how many of `work` sounds were made; what it throws ends the work.
  /// - Throws: an error with the path of what cannot be read.
  func add(to table: inout SeedTable, progress: (Int) throws -> Void) throws {
    let readings = try read()
    let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: soundfont))
    var done = 0
    for way in Self.ways {
      let stage = try way.run.map { try TrainedStage(run: "\(folder)/\($0)", ["stage2", "stage3"]) }
      var performer: (PianoPerformer, words: Tensor?)?
      if let stage {
        let encoders = try EncoderOptions.parse([]).opened(stage)
        var own = try PianoPerformer(stage, encoders, FlowSampler(steps: steps, seed: seed))
        own.usesRoll = way.usesRoll
        performer = (own, try encoders.spoken([caption]).first)
      }
      var (ratios, notes) = ([Double](), NoteAgreement())
      for reading in readings {
        let score = way.hasVelocities ? reading.score : reading.score.withVelocity(Self.plain)
        let seconds = Double(reading.audio.count) / Double(SpectrogramRatio.sampleRate)
        let made =
          try performer.map { try $0.0.sound(score, seconds: seconds, words: $0.words) }
          ?? synthesised(score, seconds: seconds, synthesiser)
        ratios.append(SpectrogramRatio()(made: made, real: reading.audio))
        notes += reading.notes
        done += 1
        try progress(done)
      }
      let mean = ratios.reduce(0, +) / Double(max(1, ratios.count))
      let read: [(name: String, value: Double)] = way.usesRoll ? [("onset F of the roll", notes.onset.f1)] : []
      table.add(way.name, [("SI-SDR (dB)", mean)] + read)
    }
  }

  /// How many sounds are made of so many films.
  static func work(films: Int) -> Int { films * ways.count }

  private func read() throws -> [Reading] {
    let set = try RollSet(URL(fileURLWithPath: "\(folder)/\(Self.strips)"))
    let predictor = try RollModels.open("\(folder)/stage2/samples/predictor.safetensors")
    let reader = RollReading(predictor, views: RollView.allCases)
    return try set.clips.map { clip in
      let decoded = RollDecoder.decode(try reader.frames(clip), predictor.thresholds, rate: predictor.rate)
      // Strips are named after the set of their film, too.
      let name = clip.name.replacingOccurrences(of: Self.films + "-", with: "")
      let audio = "\(folder)/\(Self.films)/\(name)/audio.wav"
      return Reading(
        score: decoded.score, audio: try MonoSound.samples(audio, rate: SpectrogramRatio.sampleRate),
        notes: NoteAgreement(found: decoded.score, wanted: clip.precise, keys: clip.keys))
    }
  }

  private func synthesised(_ score: Score, seconds: Double, _ synthesiser: FluidSynth) throws -> [Float] {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("fotoplayer-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let exact = FluidSynth.exact(score)
    return try synthesiser.render(exact, seconds: max(seconds, exact.duration), scratch: scratch)
      .prefix(Int(seconds * Double(FluidSynth.sampleRate))).map { Float($0) / 32768 }
  }
}

extension Score {
  /// All notes as loud.
  fileprivate func withVelocity(_ velocity: UInt8) -> Score {
    Score(
      notes: notes.map { Note(key: $0.key, velocity: velocity, start: $0.start, end: $0.end) }, pedals: pedals)
  }
}
