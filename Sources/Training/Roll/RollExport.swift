// RollExport: a run's predictor becomes a file: averaged weights, thresholds that were tuned on kept clips, and a card.
import Conditioning
import Evaluation
import Foundation
import Score
import Tensors

/// A predictor as its run left it.
public struct TrainedRoll: Sendable {
  public let configuration: StripConfiguration
  public let weights: Weights
  public let step: Int

  /// - Throws: `TrainingError` when the folder holds no run of `fotoplayer-train roll`, or no checkpoint yet.
  public init(run: String) throws {
    let (description, checkpoint) = try lastCheckpoint(run, task: "roll")
    let configuration = try StripConfiguration(description["predictor"] ?? .null)
    let average = try SafeTensors(path: checkpoint.file("average"))
    weights = try Weights.make(from: average) { StripPredictor($0, configuration) }.weights
    (self.configuration, step) = (configuration, checkpoint.step)
  }
}

/// Writes predictors.
public enum RollExport {
  /// Thresholds under which kept clips are read best: with the view from above, and with all views.
  ///
  /// What is made larger: onset F + ½·(F of onsets and ends) + ½·(sustain F, where the feet are seen).
  public static func tuned(_ predictor: RollPredictor, _ clips: [RollClip], progress: (Int) -> Void) throws
    -> RollThresholds
  {
    var examples: [RollTuner.Example] = []
    for (index, clip) in clips.enumerated() {
      let looks = clip.views.count > 1 ? [[RollView.top], RollView.allCases] : [[.top]]
      for views in looks {
        let frames = try RollReading(predictor, views: views).frames(clip)
        let seen = clip.fine.notes.filter { clip.keys ~= $0.key }
        examples.append(RollTuner.Example(frames: frames, truth: Score(notes: seen, pedals: clip.fine.pedals)))
      }
      progress(index + 1)
    }
    guard !examples.isEmpty else { return predictor.thresholds }
    return RollTuner.tuned(predictor.thresholds, on: examples, rate: predictor.rate) { found, truth in
      let notes = NoteAgreement(found: found.score, wanted: truth)
      var worth = notes.onset.f1 + notes.onsetAndEnd.f1 / 2
      if !found.score.pedals.isEmpty, !truth.pedals.isEmpty {
        let times = (0..<Int(truth.duration * 25)).map { Double($0) / 25 }
        let pedal = Agreement(
          found: found.score.isDown(.sustain, at: times), wanted: truth.isDown(.sustain, at: times))
        worth += pedal.f1 / 2
      }
      return worth
    }.thresholds
  }

  /// - Parameters:
  ///   - run: the folder of a `fotoplayer-train roll`.
  ///   - set: what it learned from; its kept clips tune the thresholds.
  ///   - path: replaced in one step.
  public static func write(name: String, run: String, set: RollSet, to path: String, progress: (Int) -> Void) throws {
    if try RunFolder.configuration(run)["task"]?.string == Video2RollTask.title {
      return try Video2RollTask.export(run: run, set: set, to: path)
    }
    let trained = try TrainedRoll(run: run)
    func write(_ thresholds: RollThresholds, to path: String) throws {
      try RollPredictor.write(
        name: name, trained.configuration, trained.weights, rate: RollTask.rate, thresholds: thresholds,
        card: card(set, step: trained.step), to: path)
    }
    // What is measured is what was stored: in bf16.
    let draft = "\(path).\(getpid()).part"
    defer { unlink(draft) }
    try write(RollThresholds(), to: draft)
    let kept = set.kept.map { set.clips[$0] }.filter { $0.has([.top]) }
    try calibrate(trained, RollPredictor(path: draft), kept)
    try write(RollThresholds(), to: draft)
    try write(tuned(RollPredictor(path: draft), kept, progress: progress), to: path)
  }

  /// Brings the velocities that are told to those that are true: ln(p/(1 − p)) ↦ a·ln(p/(1 − p)) + b, by least squares over
  /// the notes of kept clips. Where a network has learned little that holds for others, a is small, and the mean is told.
  private static func calibrate(_ trained: TrainedRoll, _ predictor: RollPredictor, _ clips: [RollClip]) throws {
    guard trained.configuration.velocity else { return }
    func logit(_ p: Double) -> Double { log(min(max(p, 0.004), 0.996) / (1 - min(max(p, 0.004), 0.996))) }
    var (told, wanted) = ([Double](), [Double]())
    for clip in clips {
      let frames = try RollReading(predictor, views: RollView.allCases).frames(clip)
      let found = RollDecoder.decode(frames, predictor.thresholds, rate: predictor.rate).score
      for pair in NoteMatching(found: found.notes, wanted: clip.precise.notes).pairs {
        told.append(logit(Double(pair.found.velocity) / 127))
        wanted.append(logit(Double(pair.wanted.velocity) / 127))
      }
    }
    guard told.count >= 50 else { return }
    let count = Double(told.count)
    let (x, y) = (told.reduce(0, +) / count, wanted.reduce(0, +) / count)
    let spread = told.reduce(0) { $0 + ($1 - x) * ($1 - x) }
    let common = zip(told, wanted).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
    let slope = Float(min(max(spread > 1e-6 ? common / spread : 0, 0), 1.5))
    // The fourth answer of a key.
    guard let weight = trained.weights.entries.first(where: { $0.name == "output.weight" })?.tensor,
      let bias = trained.weights.entries.first(where: { $0.name == "output.bias" })?.tensor
    else { return }
    let width = weight.shape[1]
    for index in 0..<width { weight[3 * width + index] *= slope }
    bias[3] = slope * bias[3] + Float(y) - slope * Float(x)
  }

  /// Where it comes from.
  static func card(_ set: RollSet, step: Int) -> [String: String] {
    ["data": set.summary, "licence": set.licence, "steps": "step \(step)"]
  }
}
