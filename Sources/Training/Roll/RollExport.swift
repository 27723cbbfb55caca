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
  /// Those of the predictor that the run began with, or the usual ones.
  public let thresholds: RollThresholds

  /// - Throws: `TrainingError` when the folder holds no run of `fotoplayer-train roll`, or no checkpoint yet.
  public init(run: String) throws {
    let (description, checkpoint) = try lastCheckpoint(run, task: "roll")
    let configuration = try StripConfiguration(description["predictor"] ?? .null)
    let average = try SafeTensors(path: checkpoint.file("average"))
    weights = try Weights.make(from: average) { StripPredictor($0, configuration) }.weights
    thresholds = try description["thresholds"].map { try RollThresholds($0) } ?? RollThresholds()
    (self.configuration, step) = (configuration, checkpoint.step)
  }
}

/// Writes predictors.
public enum RollExport {
  /// Thresholds under which kept clips are read best, with the view from above, and with all views; and the rules by which
  /// their velocities are.
  ///
  /// What is made larger: onset F + ½·(F of onsets and ends); of feet, the sustain F. What the clips do not tell stays as it is.
  public static func tuned(_ predictor: RollPredictor, _ set: RollSet, progress: (Int) -> Void) throws
    -> RollThresholds
  {
    let clips = set.kept.map { set.clips[$0] }
    var examples: [RollTuner.Example] = []
    // Of all views and from above, of clips whose velocities are known.
    var (telling, above): ([RollTuner.Example], [RollTuner.Example]) = ([], [])
    for (index, clip) in clips.enumerated() where clip.has([.top]) {
      let looks = clip.views.count > 1 ? [[RollView.top], RollView.keys] : [[.top]]
      for views in looks {
        let frames = try RollReading(predictor, views: views).frames(clip)
        let seen = clip.fine.notes.filter { clip.keys ~= $0.key }
        examples.append(RollTuner.Example(frames: frames, truth: Score(notes: seen)))
      }
      if clip.description.tellsVelocities ?? true {
        telling.append(examples.last!)
        above.append(examples[examples.count - looks.count])
      }
      progress(index + 1)
    }
    var found = try tunedPedals(predictor, clips)
    if let usual = set.usualVelocity {
      found.velocity = RollTuner.velocityRule(of: telling, rate: predictor.rate, usual: usual)
      found.velocityFromAbove = RollTuner.velocityRule(of: above, rate: predictor.rate, usual: usual)
    }
    return RollTuner.tuned(found, on: examples, rate: predictor.rate) { found, truth in
      let notes = NoteAgreement(found: found.score, wanted: truth)
      return notes.onset.f1 + notes.onsetAndEnd.f1 / 2
    }.thresholds
  }

  /// The thresholds with the pedals' such that the sustain F of clips that show the feet is largest.
  private static func tunedPedals(_ predictor: RollPredictor, _ clips: [RollClip]) throws -> RollThresholds {
    let feet = try clips.filter { $0.has([.pedal]) && !$0.fine.pedals.isEmpty }.map {
      RollTuner.Example(frames: try FeetReading.frames($0, predictor), truth: Score(pedals: $0.fine.pedals))
    }
    return RollTuner.tuned(predictor.thresholds, on: feet, rate: predictor.rate, grid: RollTuner.pedals) {
      found, truth in
      let times = (0..<Int(truth.duration * 25)).map { Double($0) / 25 }
      return Agreement(found: found.score.isDown(.sustain, at: times), wanted: truth.isDown(.sustain, at: times)).f1
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
    try write(trained.thresholds, to: draft)
    try write(tuned(RollPredictor(path: draft), set, progress: progress), to: path)
  }

  /// Where it comes from.
  static func card(_ set: RollSet, step: Int) -> [String: String] {
    ["data": set.summary, "licence": set.licence, "steps": "step \(step)"]
  }
}
