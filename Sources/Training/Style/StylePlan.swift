// StylePlan: how many steps a style is trained for: as asked, as many as the time allows, or by the amount of music.
// Decided once and kept, since a run that is gone on with must have the steps that it began with.
import Foundation
import Tensors
import Terminal

/// plan.json of a style's folder.
struct StylePlan {
  /// The shares of the time that the two trainings get; what is left is for all else.
  private static let share: [StyleRun.Part: Double] = [.codec: 0.3, .generator: 0.6]

  private let path: String

  init(_ folder: String) { path = folder + "/plan.json" }

  /// The steps of a part.
  ///
  /// - Parameter speed: measures how many steps a second there are.
  func steps(
    _ part: StyleRun.Part, _ settings: StyleRun.Settings, _ set: PianoSet, speed: () throws -> Double
  ) throws -> Int {
    if let asked = part == .codec ? settings.codecSteps : settings.generatorSteps { return asked }
    var plan = FileManager.default.contents(atPath: path).flatMap { try? JSON(parsing: Array($0)) } ?? [:]
    let request = settings.minutes.map { String($0) } ?? "by the music"
    if let kept = plan[part.rawValue], kept["for"]?.string == request, let steps = kept["steps"]?.integer, steps > 0 {
      return steps
    }
    let steps: Int
    if let minutes = settings.minutes {
      steps = max(20, Int(try speed() * 60 * minutes * Self.share[part]!))
    } else {
      let seconds = set.pieces.reduce(0.0) { $0 + Double($1.samples) } / Double(Recording.sampleRate)
      steps = Self.steps(part, minutes: seconds / 60)
    }
    let rest = (plan.members ?? []).filter { $0.name != part.rawValue }
    plan = .object(rest + [.init(part.rawValue, ["for": JSON(request), "steps": JSON(steps)])])
    var file = try FileReplacement(path: path)
    try file.write(Array((plan.text(sorted: true, indented: true) + "\n").utf8))
    try file.commit()
    return steps
  }

  /// A rule of thumb, not measured: a third to two thirds of the steps of a voice from nothing, more for more music.
  static func steps(_ part: StyleRun.Part, minutes: Double) -> Int {
    switch part {
    case .codec: min(1200, max(400, Int(40 * minutes)))
    case .generator: min(6000, max(1500, Int(150 * minutes)))
    }
  }

  /// Trains for a few steps in a folder that is removed.
  static func stepsPerSecond<Task: TrainingTask>(
    in folder: String, _ usual: TrainerConfiguration, _ options: RunOptions, _ task: () throws -> Task
  ) throws -> Double {
    try? FileManager.default.removeItem(atPath: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = usual
    configuration.schedule.steps = 100
    var options = options
    (options.showsProgress, options.evaluateEvery, options.checkpointEvery) = (false, nil, nil)
    var begin = Date()
    // The first step also makes memory and threads.
    for until in [1, 5] {
      begin = Date()
      options.until = until
      _ = try Trainer(try task(), configuration, folder: folder, options: options).run()
    }
    guard Interruption.signal == nil else {
      throw TrainingError("stopped while the speed was measured; the same command goes on from there")
    }
    return 4 / max(1e-3, Date().timeIntervalSince(begin))
  }
}
