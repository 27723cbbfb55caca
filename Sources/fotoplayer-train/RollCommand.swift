// `roll`: trains a predictor that reads films of pianists; `export-roll` makes a file of it, `evaluate-roll` measures it.
import ArgumentParser
import Conditioning
import Foundation
import Tensors
import Terminal
import Training

struct RollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roll", abstract: "Train a roll predictor: films in, notes out.",
    discussion: """
      Examples:
        fotoplayer-train roll --data data/rolls --out runs/roll --steps 6000
        fotoplayer-train roll --data data/rolls --out runs/top --step 1
        fotoplayer-train roll --data data/rolls-full --network full --step 1 --out runs/full
        fotoplayer-train roll --data data/mine --from roll.safetensors --only-keys --out runs/mine \\
          --steps 500 --rate 2e-4

      Step 1 reads keys from above; step 2 velocities, too, from four sides; step 3 the pedals, too. A predictor of a later
      step does without the views that a film has not.

      The last example begins with a predictor, to bring it to a piano and a camera of your own.
      """)

  @Option(help: "A set that `data rolls` made.") var data: String
  @Option(help: "Which step of reading: 1, 2 or 3.") var step = 3
  @Option(help: "A predictor's file to begin with; its sizes are taken, too.") var from: String?
  @Option(help: "Which network: slim, or full, which is Video2Roll and reads keys from above alone.") var network =
    RollNetwork.slim
  @Option(help: "How probabilities are judged: bce, as Audeo does, or mse, as the paper does.") var loss = RollLoss.Kind
    .crossEntropy
  @Option(help: "What a velocity counts, beside a key that is down.") var velocityWeight = RollLoss.usualVelocityWeight
  @Option(help: "Windows of five frames that are computed at once; so many times --batch make a step.") var windows = 8
  @Flag(exclusivity: .exclusive) var learned = RollPart.everything
  @Flag(help: "Learn from pictures as they are, always the same: to see whether they can be learned at all.")
  var plain =
    false
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard 1...3 ~= step else { throw ValidationError("--step \(step): expected 1, 2 or 3") }
    guard learned == .everything || (from != nil && step == 3) else {
      throw ValidationError("--only-\(learned.rawValue) needs --from, and --step 3")
    }
    guard network == .slim || (step == 1 && from == nil) else {
      throw ValidationError("--network full reads from above alone, and begins anew: add --step 1, leave --from out")
    }
    guard 1...256 ~= windows else { throw ValidationError("--windows \(windows): expected 1…256") }
    guard 0...1000 ~= velocityWeight else {
      throw ValidationError("--velocity-weight \(velocityWeight): expected 0…1000")
    }
  }

  func run() throws {
    let set = try RollSet(URL(fileURLWithPath: data))
    if network == .full {
      let task = try Video2RollTask(
        set: set, loss: RollLoss(loss), seed: options.seed, windows: windows, varies: !plain)
      return try options.train(
        task,
        TrainerConfiguration(
          shards: 2, schedule: Schedule(peak: 1e-3, warmUp: 200, steps: 20000), clip: 5, averageDecay: 0.995))
    }
    var network = StripConfiguration.step(step)
    let start = try from.map { try RollStart(path: $0) }
    if let sizes = start?.configuration {
      (network.stem, network.width, network.depth, network.taps, network.expansion) =
        (sizes.stem, sizes.width, sizes.depth, sizes.taps, sizes.expansion)
    }
    let task = try RollTask(
      network, set: set, loss: RollLoss(loss, velocityWeight: velocityWeight), seed: options.seed, from: start,
      windows: windows, varies: !plain, learned: learned)
    try options.train(
      task,
      TrainerConfiguration(
        shards: 2, schedule: Schedule(peak: 2e-3, warmUp: 200, steps: 6000), clip: 5, averageDecay: 0.995))
  }
}

extension RollLoss.Kind: ExpressibleByArgument {}

extension RollPart: EnumerableFlag {
  public static func name(for value: Self) -> NameSpecification {
    value == .everything ? .customLong("everything") : .customLong("only-\(value.rawValue)")
  }

  public static func help(for value: Self) -> ArgumentHelp? {
    switch value {
    case .everything: "Learn to read keys, and feet where they are seen."
    case .keys: "Learn to read keys further; feet are read as before (needs --from)."
    case .pedals: "Learn to read feet further, which is quick, since their pictures are small (needs --from)."
    }
  }
}

/// The two networks.
enum RollNetwork: String, ExpressibleByArgument, CaseIterable {
  case slim, full

  var recipe: RollSet.Recipe { self == .slim ? RollSet.Recipe() : .full }
}

struct ExportRollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-roll", abstract: "Write a roll predictor from a run.",
    discussion: """
      Example: fotoplayer-train export-roll --data data/rolls --run runs/roll --name "Drawn pianos" --out roll.safetensors

      Thresholds are tuned on the clips that were kept from learning.
      """)

  @Option(help: "The set that it was trained on.") var data: String
  @Option(name: .customLong("run"), help: "The run.") var folder: String
  @Option(help: "The predictor's name for people.") var name = "Roll predictor"
  @Option(help: "The file to write.") var out: String

  func run() throws {
    let set = try RollSet(URL(fileURLWithPath: data))
    var bar = ProgressBar(total: set.kept.count, unit: "kept clips read")
    try RollExport.write(name: name, run: folder, set: set, to: out) { bar.show($0) }
    bar.finish()
    print("\(out): \(name), \(try RollModels.open(out).card["steps"] ?? "")")
  }
}

struct EvaluateRollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-roll", abstract: "Measure a roll predictor on films that it has not seen.",
    discussion: """
      Examples:
        fotoplayer-train data rolls --films data/heldout --out data/heldout-rolls
        fotoplayer-train evaluate-roll --predictor roll.safetensors --data data/heldout-rolls
        fotoplayer-train evaluate-roll --predictor roll.safetensors --steps 1 \\
          --data data/dim-rolls --data data/15fps-rolls

      Prints a table in Markdown: a row for each set and step. Frames are counted as Audeo counts them, notes as mir_eval.
      """)

  @Option(help: "The predictor.") var predictor: String
  @Option(help: "A set that `data rolls` made; may be given more than once.") var data: [String]
  @Option(help: "Steps of reading, with commas between them: 1 from above, 2 from four sides, 3 with the pedals.")
  var steps = "1,2,3"
  @Flag(help: "Only the clips that training keeps from learning.") var kept = false

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("--data: expected a set of strips") }
    _ = try chosenSteps()
  }

  private func chosenSteps() throws -> [Int] {
    let found = steps.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) ?? 0 }
    guard !found.isEmpty, found.allSatisfy({ 1...3 ~= $0 }) else {
      throw ValidationError("--steps \(steps): expected some of 1, 2, 3")
    }
    return found
  }

  func run() throws {
    let predictor = try RollModels.open(predictor)
    let sets = try data.map { try RollSet(URL(fileURLWithPath: $0)) }
    let clips = sets.map { set in kept ? set.kept.map { set.clips[$0] } : set.clips }
    let steps = try chosenSteps()
    var bar = ProgressBar(total: steps.count * clips.reduce(0) { $0 + $1.count }, unit: "clips read")
    var rows: [RollRow] = []
    var done = 0
    for (set, clips) in zip(sets, clips) {
      for step in steps {
        let views: [RollView] = step == 1 ? [.top] : step == 2 ? RollView.keys : RollView.allCases
        let found = clips.filter { $0.views.contains(where: views.contains) && (step == 1 || $0.views.count > 1) }
        if !found.isEmpty {
          let title = "\(set.folder.lastPathComponent): step \(step)"
          rows.append(try RollTable.row(title, predictor, found, views: views) { bar.show(done + $0) })
        }
        done += clips.count
        bar.show(done)
      }
    }
    bar.finish()
    print(RollTable.markdown(rows), terminator: "")
  }
}
