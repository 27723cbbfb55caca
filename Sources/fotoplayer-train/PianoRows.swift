// PianoRows: the paper's table of the piano, small: films that nobody learned from are read, and what was read is played by a
// synthesiser, or performed by the stages' models; each beside the film's own sound.
import Conditioning
import Evaluation
import Foundation
import Generator
import Media
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
    let name: String, place: String
    /// Nil: the synthesiser.
    var run: String?
    var usesRoll = true, hasVelocities = false
  }
  private static let ways = [
    Way(name: "Audeo's way: roll to FluidSynth", place: "synthesised"),
    Way(name: "without guidance", place: "unguided", run: "stage2", usesRoll: false),
    Way(name: "with guidance", place: "guided", run: "stage2"),
    Way(name: "+ velocity", place: "velocity", run: "stage2", hasVelocities: true),
    Way(name: "+ DPO", place: "preferred", run: "preferred", hasVelocities: true),
  ]
  /// How loud notes are of which nothing is known.
  private static let plain: UInt8 = 64

  /// A film that was read.
  private struct Reading {
    let name: String
    let score: Score, audio: [Float]
    let notes: NoteAgreement
  }

  /// Adds a row for each way. The sounds, the films' own among them, and the true scores are kept in `heard`, for a transcriber.
  ///
  /// - Parameters:
  ///   - judge: who knows the preferred style.
  ///   - progress: hears how many of `work` sounds were made; what it throws ends the work.
  /// - Throws: an error with the path of what cannot be read.
  func add(to table: inout SeedTable, judge: StyleJudge, progress: (Int) throws -> Void) throws {
    let readings = try read()
    for reading in readings { try keep(reading.audio, "own", reading.name) }
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
      var (ratios, sure, notes) = ([Double](), [Double](), NoteAgreement())
      for reading in readings {
        let score = way.hasVelocities ? reading.score : reading.score.withVelocity(Self.plain)
        let seconds = Double(reading.audio.count) / Double(SpectrogramRatio.sampleRate)
        let made =
          try performer.map { try $0.0.sound(score, seconds: seconds, words: $0.words) }
          ?? synthesised(score, seconds: seconds, synthesiser)
        try keep(made, way.place, reading.name)
        ratios.append(SpectrogramRatio()(made: made, real: reading.audio))
        if let found = judge(made) { sure.append(found) }
        notes += reading.notes
        done += 1
        try progress(done)
      }
      let mean = ratios.reduce(0, +) / Double(max(1, ratios.count))
      let read: [(name: String, value: Double)] = way.usesRoll ? [("onset F of the roll", notes.onset.f1)] : []
      let style = sure.isEmpty ? [] : [("in the preferred style", PreferenceRows.share(sure))]
      table.add(way.name, [("SI-SDR (dB)", mean)] + style + read)
    }
  }

  private func place(_ name: String) -> String { "\(folder)/heard/\(name)" }

  private func keep(_ samples: [Float], _ place: String, _ name: String) throws {
    try FileManager.default.createDirectory(atPath: self.place(place), withIntermediateDirectories: true)
    try AudioFileWriter.write(samples, to: self.place(place) + "/\(name).wav", sampleRate: SpectrogramRatio.sampleRate)
  }

  /// How many sounds are made of so many films.
  static func work(films: Int) -> Int { films * ways.count }

  private func read() throws -> [Reading] {
    let set = try RollSet(URL(fileURLWithPath: "\(folder)/\(Self.strips)"))
    let predictor = try RollModels.open("\(folder)/stage2/samples/predictor.safetensors")
    let reader = RollReading(predictor, views: RollView.allCases)
    try FileManager.default.createDirectory(atPath: place("scores"), withIntermediateDirectories: true)
    return try set.clips.map { clip in
      let decoded = reader.decoded(try reader.frames(clip), of: clip)
      // Strips are named after the set of their film, too.
      let name = clip.name.replacingOccurrences(of: Self.films + "-", with: "")
      let audio = "\(folder)/\(Self.films)/\(name)/audio.wav"
      try FluidSynth.write(clip.fine, to: place("scores") + "/\(name).mid")
      return Reading(
        name: name, score: decoded.score, audio: try MonoSound.samples(audio, rate: SpectrogramRatio.sampleRate),
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
