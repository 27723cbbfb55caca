// PreferenceRows: what the preference of stage 3 changed: scores that nobody learned from are performed before it and after it, and a
// judge that knows recordings of both styles, and nothing else, says in which of the two each performance is.
import Evaluation
import Foundation
import Generator
import Media
import Score
import Tensors
import Training

struct PreferenceRows {
  /// The chain's folder; the scores that are performed, played in the preferred style and in the other, in it.
  let folder: String
  static let preferred = "piano-tested", other = "control-tested"
  let steps: Int, seed: UInt64
  private let caption = "a piano is played"
  /// Of each score, from its beginning.
  private static let seconds = 10.0
  /// What the judge learns from, of each style: at most so many pieces, and seconds of each.
  private static let heard = (pieces: 40, seconds: 30.0)

  /// Who performs: a model, by its run, or nobody: a recording as the codec returns it, which no model can be better than.
  private struct Way {
    let name: String, place: String
    var run: String?
    var recordings = PreferenceRows.preferred
  }
  private static let ways = [
    Way(name: "recordings in the preferred style, the codec alone", place: "recorded"),
    Way(name: "recordings in the other, the codec alone", place: "recorded-other", recordings: other),
    Way(name: "before the preference", place: "before", run: "contrast"),
    Way(name: "after it", place: "after", run: "preferred"),
  ]

  init(folder: String, steps: Int, seed: UInt64) { (self.folder, self.steps, self.seed) = (folder, steps, seed) }

  /// Who knows recordings of both styles, as the codec returns them.
  func judge() throws -> StyleJudge {
    let encoders = try encoders()
    return try StyleJudge(preferred: recordings("piano", encoders), other: recordings("control", encoders))
  }

  private func encoders() throws -> ClipEncoders {
    try EncoderOptions.parse([]).opened(TrainedStage(run: "\(folder)/contrast", ["stage3"]))
  }

  /// How many of some performances are more likely in the preferred style than not, 0…1.
  static func share(_ sure: [Double]) -> Double { Double(sure.count { $0 > 0.5 }) / Double(max(1, sure.count)) }

  /// How many sounds are made of so many scores.
  static func work(scores: Int) -> Int { scores * ways.count }

  /// Adds a row for each way. The sounds, and the scores as far as they are performed, are kept in `preference`.
  ///
  /// - Parameters:
  ///   - judge: see `judge()`.
  ///   - progress: hears how many of `work` sounds were made; what it throws ends the work.
  /// - Throws: an error with the path of what cannot be read.
  func add(to table: inout SeedTable, judge: StyleJudge, progress: (Int) throws -> Void) throws {
    let wanted = try open(Self.preferred)
    let encoders = try encoders()
    try FileManager.default.createDirectory(atPath: place("scores"), withIntermediateDirectories: true)
    var done = 0
    for way in Self.ways {
      try FileManager.default.createDirectory(atPath: place(way.place), withIntermediateDirectories: true)
      let set = try open(way.recordings).set
      guard set.pieces.count == wanted.names.count else {
        throw DataError(
          "\(folder)/\(way.recordings): expected the \(wanted.names.count) scores of \(Self.preferred), "
            + "found \(set.pieces.count)")
      }
      let performer = try way.run.map { run in
        try PianoPerformer(
          TrainedStage(run: "\(folder)/\(run)", ["stage3"]), encoders, FlowSampler(steps: steps, seed: seed))
      }
      let words = try encoders.spoken([caption]).first
      var (sure, ratios) = ([Double](), [Double]())
      for (index, name) in wanted.names.enumerated() {
        let score = try self.score(name)
        let samples = try kept(place(way.place) + "/\(name).wav", encoders.sampleRate) {
          try performer?.sound(score, seconds: Self.seconds, words: words)
            ?? encoders.returned(set.pieces[index], seconds: Self.seconds)
        }
        if let found = judge(samples) { sure.append(found) }
        let own = try wanted.set.pieces[index].audio(
          from: 0, count: Int(Self.seconds * Double(SpectrogramRatio.sampleRate)))
        ratios.append(SpectrogramRatio()(made: samples, real: own))
        done += 1
        try progress(done)
      }
      guard !sure.isEmpty else { continue }
      table.add(
        way.name,
        [
          ("in the preferred style", Self.share(sure)), ("how surely", sure.reduce(0, +) / Double(sure.count)),
          ("SI-SDR beside it (dB)", ratios.reduce(0, +) / Double(ratios.count)),
        ])
    }
  }

  private func place(_ name: String) -> String { "\(folder)/preference/\(name)" }

  private func open(_ name: String) throws -> (set: PianoSet, names: [String]) {
    let set = try PianoSet(URL(fileURLWithPath: "\(folder)/\(name)"))
    return (set, (set.manifest as? PianoManifest)?.pieces.map(\.name) ?? [])
  }

  /// What is performed of a score, which is written beside the sounds.
  private func score(_ name: String) throws -> Score {
    let path = "\(folder)/\(Self.preferred)/\(name).mid"
    guard let bytes = FileManager.default.contents(atPath: path) else { throw DataError("\(path): cannot be read") }
    let score = try Score(midi: Array(bytes)).slice(from: 0, to: Self.seconds)
    try FluidSynth.write(score, to: place("scores") + "/\(name).mid")
    return score
  }

  private func recordings(_ name: String, _ encoders: ClipEncoders) throws -> [[Float]] {
    try open(name).set.pieces.prefix(Self.heard.pieces).map { try encoders.returned($0, seconds: Self.heard.seconds) }
  }

  /// The sound of a file, which is made where it is not there.
  private func kept(_ path: String, _ sampleRate: Int, _ make: () throws -> [Float]) throws -> [Float] {
    if !FileManager.default.fileExists(atPath: path) {
      try AudioFileWriter.write(make(), to: path, sampleRate: sampleRate)
    }
    return try MonoSound.samples(path, rate: SpectrogramRatio.sampleRate)
  }
}
