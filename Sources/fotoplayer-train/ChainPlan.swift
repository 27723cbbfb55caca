// ChainPlan: the commands of a chain, and how much of everything each size gets.
import Foundation
import Generator
import Tensors
import Training

struct ChainPlan {
  /// How much is made and learned.
  private struct Amount {
    /// Clips, minutes of the piano, films of pianists; clips, films and scores that are kept for the tables.
    var clips = 12, piano = 3, films = 2, tested = 4, testedFilms = 1, testedScores = 2
    /// Steps of the codec, and of the stages: words, joint, piano, contrast, preference.
    var codec = 100, steps = [100, 100, 60, 30, 24]
    let batch: Int, frames: Int, flow: Int

    /// - Parameter times: how many times as much of everything as the size has.
    init(_ size: GeneratorSize, times: Int) {
      (batch, frames, flow) = size == .toy ? (2, 96, 8) : (16, 225, 64)
      if size != .toy {
        (clips, piano, films, tested, testedFilms, testedScores) = (2000, 240, 60, 100, 10, 20)
        (codec, steps) = (8000, [20_000, 40_000, 4000, 4000, 1000])
      }
      for amount in [\Amount.clips, \.piano, \.films, \.tested, \.testedFilms, \.testedScores, \.codec] {
        self[keyPath: amount] *= times
      }
      steps = steps.map { $0 * times }
    }
  }

  private(set) var steps: [[String]]
  /// The stages, by what the table calls them, and their runs.
  private let stages: [(name: String, run: String)]
  private let out: String, seed: [String], amount: Amount, chain: ChainCommand

  init(_ chain: ChainCommand) {
    let amount = Amount(chain.size, times: chain.times)
    let out = chain.out
    func path(_ name: String) -> String { "\(out)/\(name)" }
    let seed = ["--seed", "\(chain.seed)"]
    let isToy = chain.size == .toy
    func foley(_ name: String, _ count: Int, _ seed: UInt64, _ more: [String]) -> [String] {
      ["data", "foley", "--out", path(name), "--clips", "\(count)", "--seed", "\(seed)", "--sounds", chain.sounds]
        + (isToy ? ["--seconds", "2-3", "--filmed", "1", "--causes", "bounce,hammer,rain"] : []) + more
    }
    func piano(_ name: String, _ more: [String] = []) -> [String] {
      Self.piano(path(name), minutes: amount.piano, chain) + seed + more
    }
    func stage(_ command: String, _ index: Int, _ run: String, _ more: [String]) -> [String] {
      [command, "--out", path(run), "--steps", "\(amount.steps[index])", "--batch", "\(amount.batch)"]
        + ["--frames", "\(amount.frames)"] + seed + more
    }
    let clips = ["--data", path("clips"), "--kept", path("tested")]
    let codec = chain.codec ?? path("codec")
    var steps = [
      foley("clips", amount.clips, chain.seed, []),
      foley("tested", amount.tested, chain.seed &+ 1, isToy ? [] : ["--filmed", "1"]),
      piano("piano"), piano("control", Self.control(chain)),
      [
        "data", "film", "--out", path("films"), "--clips", "\(amount.films)", "--seconds", isToy ? "4" : "20",
        "--views", "top", "--soundfont", chain.soundfont,
      ] + seed,
      ["data", "rolls", "--films", path("films"), "--out", path("rolls")],
    ]
    if chain.codec == nil {
      // Strings for the piano, bands for everything. The least of all toys has bands alone: to measure strings takes a minute.
      let both = ["--data", path("piano"), "--data", path("control"), "--bands", "96"]
      let strings = isToy && chain.times == 1 ? [] : both
      steps.append(
        ["codec"] + strings + ["--data", path("clips"), "--out", codec, "--steps", "\(amount.codec)"] + seed)
    }
    steps += [
      stage(
        "stage1", 0, "words",
        ["--part", "words", "--size", chain.size.rawValue, "--codec", codec, "--words", chain.words]
          + ["--films", chain.films] + clips),
      stage("stage1", 1, "joint", ["--part", "joint", "--from", path("words")] + clips),
      stage(
        "stage2", 2, "stage2",
        ["--from", path("joint"), "--piano", path("piano"), "--piano", path("control"), "--rolls", path("rolls")]
          + clips),
      stage("stage3", 3, "contrast", ["--from", path("stage2")] + clips),
      stage(
        "stage3", 4, "preferred",
        ["--preference", "--from", path("contrast"), "--preferred", path("piano"), "--control", path("control")]),
    ]
    stages = [
      ("1: words", "words"), ("1: words and films", "joint"), ("2: piano", "stage2"), ("3: contrast", "contrast"),
      ("3: preference", "preferred"),
    ]
    (self.out, self.seed, self.amount, self.chain) = (out, seed, amount, chain)
    self.steps = steps
    self.steps += stages.map { sound($0.run, to: "sounds/" + $0.run) }
  }

  /// Composed performances.
  private static func piano(_ path: String, minutes: Int, _ chain: ChainCommand) -> [String] {
    // A piece is a minute; a little less than whole ones is rounded up.
    let hours = (Double(minutes) / 60 * 10_000).rounded(.down) / 10_000
    return ["data", "piano", "--out", path, "--hours", "\(hours)", "--soundfont", chain.soundfont]
  }

  /// On the instrument that another one is preferred to.
  private static func control(_ chain: ChainCommand) -> [String] { ["--instrument", "\(chain.control)"] }

  /// A run sounds the clips that were kept.
  func sound(_ run: String, to place: String) -> [String] {
    [
      "sound", "--from", "\(out)/\(run)", "--data", "\(out)/tested", "--out", "\(out)/\(place)", "--steps",
      "\(amount.flow)",
    ] + seed
  }

  /// Films of pianists that nothing learns from, and their strips.
  func testedFilms(_ films: String, _ strips: String) -> [[String]] {
    [
      [
        "data", "film", "--out", "\(out)/\(films)", "--clips", "\(amount.testedFilms)", "--seconds",
        chain.size == .toy ? "4" : "20", "--views", "top", "--soundfont", chain.soundfont, "--seed",
        "\(chain.seed &+ 1000)",
      ],
      ["data", "rolls", "--films", "\(out)/\(films)", "--out", "\(out)/\(strips)"],
    ]
  }

  /// Scores that nothing learns from, played in either style.
  func testedScores(_ preferred: String, _ other: String) -> [[String]] {
    [(preferred, []), (other, Self.control(chain))].map { name, more in
      Self.piano("\(out)/\(name)", minutes: amount.testedScores, chain) + ["--seed", "\(chain.seed &+ 2000)"] + more
    }
  }

  /// Steps of the flow, and how many such films and scores there are.
  var flowSteps: Int { amount.flow }
  var testedFilmCount: Int { amount.testedFilms }
  var testedScoreCount: Int { amount.testedScores }

  /// A run is brought nearer to films, by one of the two losses.
  func contrast(from before: String, to run: String, kind: String) -> [String] {
    [
      "stage3", "--out", "\(out)/\(run)", "--steps", "\(amount.steps[3])", "--batch", "\(amount.batch)", "--frames",
      "\(amount.frames)", "--contrast", kind, "--from", "\(out)/\(before)", "--data", "\(out)/clips", "--kept",
      "\(out)/tested",
    ] + seed
  }

  /// What came of the stages.
  func table() throws -> StageTable {
    var table = StageTable()
    let comparisons = try stages.map { stage in
      let sounds = "\(out)/sounds/\(stage.run)"
      return try SoundComparison(real: sounds + "/real", made: sounds + "/made")
    }
    let films = "\(out)/sounds/\(stages[0].run)/films"
    let aligned = try EvaluateCommand().alignments(films, comparisons)
    for (index, stage) in stages.enumerated() {
      let measures = try comparisons[index].measures([]) + aligned[index]
      try table.add(stage.name, run: "\(out)/\(stage.run)", sounds: measures.filter { !$0.name.contains(", real") })
    }
    return table
  }
}
