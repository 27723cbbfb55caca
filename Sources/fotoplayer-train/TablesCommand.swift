// `tables`: the paper's tables, small. Of Foley: with words and without, nearer to the film by two losses, and after the piano has
// been learned; of the piano: as `PianoRows` says. Trained from several seeds, from nothing or from what is there.
import ArgumentParser
import Foundation
import Generator
import Hearing
import Tensors
import Terminal
import Training

struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables", abstract: "Train from several seeds, and print the paper's tables.",
    discussion: """
      Examples:
        fotoplayer-train tables --out tables
        fotoplayer-train tables --out tables --seeds 1,2,3 --size small --network yamnet.safetensors
        fotoplayer-train tables --out tables --only-measure
        fotoplayer-train tables --out tables --times 20

      Each seed is a `chain` in DIR/seed-N, and two runs of `stage3` more, which begin where stage 1 ended, as the
      paper's do. Then each model sounds the clips of that seed that were kept, and is measured: the mean over the
      seeds, and their deviation. Of the piano, films are drawn that no seed has learned from; what stage 2's predictor
      reads in them is played by FluidSynth, or performed by the models. Of the preference, scores that no seed has
      learned are performed before it and after it; a judge who learned from recordings of both styles alone says in
      which of them. What is there is not done again. --only-measure trains nothing: it takes the checkpoints that are
      there. DIR/tables.md is what is printed.

      Where our order is not the paper's: the chain goes on from stage 2 to stage 3; this table's two contrastive rows
      begin with stage 1 instead. docs/stages.md says more.
      """)

  @Option(help: "The folder of everything.") var out: String
  @Option(help: "The seeds, with commas between.") var seeds = "1,2,3"
  @Option(help: "toy, small, medium, large or paper.") var size = GeneratorSize.toy
  @Option(help: "How many times as much is made and learned as the size has.") var times = 1
  @Option(help: "Where packages of sounds are.") var sounds = "/usr/share"
  @Option(help: "The sound font of the piano.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
  @Option(help: "As of `chain`: the General MIDI program, 0 to 127, of the performances that are not preferred.")
  var control = ChainCommand.usualControl
  @Option(help: "Weights of VGGish, Cnn14 or YAMNet; may be given more than once.") var network: [String] = []
  @Flag(help: "Train nothing.") var onlyMeasure = false
  @Flag(help: "Print the commands, and run none.") var dryRun = false

  /// A row: its name, the run in the chain's folder, and what its sounds are made with besides.
  private static let rows: [(name: String, run: String, options: [String])] = [
    ("without text", "joint", ["--without-words"]), ("with text", "joint", []), ("+ CL", "table-supervised", []),
    ("+ FactorCL", "table-factor", []), ("after stage 2", "stage2", []),
  ]

  private var numbers: [UInt64?] {
    seeds.split(separator: ",", omittingEmptySubsequences: false).map {
      UInt64($0.trimmingCharacters(in: .whitespaces))
    }
  }

  func validate() throws {
    guard 1...1000 ~= times else { throw ValidationError("--times \(times): expected 1…1000") }
    guard !numbers.contains(nil), Set(numbers).count == numbers.count else {
      throw ValidationError("--seeds \(seeds): expected different whole numbers with commas between")
    }
  }

  func run() throws {
    Interruption.listen()
    let networks = try network.map { try SoundNetwork($0) }
    var (foley, piano, preference) = (SeedTable("Foley"), SeedTable("piano"), SeedTable("preference"))
    for seed in numbers.compactMap(\.self) {
      let folder = "\(out)/seed-\(seed)"
      let chain = try ChainCommand.parse([
        "--size", size.rawValue, "--times", "\(times)", "--out", folder, "--seed", "\(seed)", "--sounds", sounds,
        "--soundfont", soundfont, "--control", "\(control)",
      ])
      let plan = ChainPlan(chain)
      if !onlyMeasure {
        try ChainCommand.carryOut(plan.steps, dryRun: dryRun)
        try ChainCommand.carryOut(
          ["supervised", "factor"].map { plan.contrast(from: "joint", to: "table-\($0)", kind: $0) }, dryRun: dryRun)
        try ChainCommand.carryOut(
          plan.testedFilms(PianoRows.films, PianoRows.strips)
            + plan.testedScores(PreferenceRows.preferred, PreferenceRows.other), dryRun: dryRun)
      }
      for row in Self.rows {
        try ChainCommand.carryOut([plan.sound(row.run, to: Self.place(row)) + row.options], dryRun: dryRun)
      }
      if dryRun { continue }
      for (row, measures) in zip(Self.rows, try measures(folder, networks)) { foley.add(row.name, measures) }
      let films = PianoRows(folder: folder, soundfont: soundfont, steps: plan.flowSteps, seed: seed)
      let scores = PreferenceRows(folder: folder, steps: plan.flowSteps, seed: seed)
      let judge = try scores.judge()
      try Self.shown(PianoRows.work(films: plan.testedFilmCount)) {
        try films.add(to: &piano, judge: judge, progress: $0)
      }
      try Self.shown(PreferenceRows.work(scores: plan.testedScoreCount)) {
        try scores.add(to: &preference, judge: judge, progress: $0)
      }
    }
    if dryRun { return }
    let text = [foley, piano, preference].map(\.markdown).joined(separator: "\n")
    var file = try FileReplacement(path: out + "/tables.md")
    try file.write(Array(text.utf8))
    try file.commit()
    print("\n" + text, terminator: "")
  }

  /// Performs, with a bar; a signal ends the work.
  private static func shown(_ total: Int, _ work: ((Int) throws -> Void) throws -> Void) throws {
    var bar = ProgressBar(total: total, unit: "performances")
    defer { bar.finish() }
    try work { done in
      if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      bar.show(done)
    }
  }

  /// Where a row's sounds are. Some of them the chain has made.
  private static func place(_ row: (name: String, run: String, options: [String])) -> String {
    "sounds/" + row.run + row.options.joined()
  }

  /// Of each row.
  private func measures(_ folder: String, _ networks: [SoundNetwork]) throws -> [[(name: String, value: Double)]] {
    let comparisons = try Self.rows.map { row in
      let sounds = folder + "/" + Self.place(row)
      return try SoundComparison(real: sounds + "/real", made: sounds + "/made")
    }
    let films = folder + "/" + Self.place(Self.rows[0]) + "/films"
    let aligned = try EvaluateCommand().alignments(films, comparisons)
    let events = Dictionary(
      try ClipManifest(folder + "/tested").clips.map { (SoundClipsCommand.name($0), $0.events.map(\.time)) },
      uniquingKeysWith: { first, _ in first })
    return try comparisons.enumerated().map { index, comparison in
      let rows =
        try comparison.measures(networks) + aligned[index]
        + EventTiming.measures(comparison.made, events: events, of: "made")
      return rows.filter { !$0.name.contains(", real") }.compactMap { row in row.value.map { (row.name, $0) } }
    }
  }
}
