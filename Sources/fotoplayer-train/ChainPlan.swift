// ChainPlan: the commands of a chain, and how much of everything each size gets.
import Foundation
import Generator
import Tensors
import Training

struct ChainPlan {
  /// How much is made and learned.
  private struct Amount {
    /// Clips, hours of the piano, films of pianists, and clips that are kept for the table.
    var clips = 12, piano = 0.034, films = 2, tested = 4, testedFilms = 1
    /// Steps of the codec, and of the stages: words, joint, piano, contrast, preference.
    var codec = 120, steps = [150, 150, 80, 40, 30]
    var batch = 2, frames = 96, flow = 8

    init(_ size: GeneratorSize) {
      guard size != .toy else { return }
      (clips, piano, films, tested, testedFilms) = (2000, 4, 60, 100, 10)
      (codec, steps) = (8000, [20_000, 40_000, 4000, 4000, 1000])
      (batch, frames, flow) = (16, 225, 64)
    }
  }

  private(set) var steps: [[String]]
  /// The stages, by what the table calls them, and their runs.
  private let stages: [(name: String, run: String)]
  private let out: String, seed: [String], amount: Amount

  init(_ chain: ChainCommand) {
    let amount = Amount(chain.size)
    let out = chain.out
    func path(_ name: String) -> String { "\(out)/\(name)" }
    let seed = ["--seed", "\(chain.seed)"]
    let isToy = chain.size == .toy
    func foley(_ name: String, _ count: Int, _ seed: UInt64, _ more: [String]) -> [String] {
      ["data", "foley", "--out", path(name), "--clips", "\(count)", "--seed", "\(seed)", "--sounds", chain.sounds]
        + (isToy ? ["--seconds", "2-3", "--filmed", "1", "--causes", "bounce,hammer,rain"] : []) + more
    }
    func piano(_ name: String, _ more: [String] = []) -> [String] {
      ["data", "piano", "--out", path(name), "--hours", "\(amount.piano)", "--soundfont", chain.soundfont] + seed + more
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
      piano("piano"), piano("control", ["--instrument", "\(chain.control)"]),
      [
        "data", "film", "--out", path("films"), "--clips", "\(amount.films)", "--seconds", isToy ? "4" : "20",
        "--views", "top", "--soundfont", chain.soundfont,
      ] + seed,
      ["data", "rolls", "--films", path("films"), "--out", path("rolls")],
    ]
    if chain.codec == nil {
      steps.append(["codec", "--data", path("clips"), "--out", codec, "--steps", "\(amount.codec)"] + seed)
    }
    steps += [
      stage(
        "stage1", 0, "words",
        ["--part", "words", "--size", chain.size.rawValue, "--codec", codec, "--words", chain.words]
          + ["--films", chain.films] + clips),
      stage("stage1", 1, "joint", ["--part", "joint", "--from", path("words")] + clips),
      stage(
        "stage2", 2, "stage2",
        ["--from", path("joint"), "--piano", path("piano"), "--rolls", path("rolls")] + clips),
      stage("stage3", 3, "contrast", ["--from", path("stage2")] + clips),
      stage(
        "stage3", 4, "preferred",
        ["--preference", "--from", path("contrast"), "--preferred", path("piano"), "--control", path("control")]),
    ]
    stages = [
      ("1: words", "words"), ("1: words and films", "joint"), ("2: piano", "stage2"), ("3: contrast", "contrast"),
      ("3: preference", "preferred"),
    ]
    (self.out, self.seed, self.amount) = (out, seed, amount)
    self.steps = steps
    self.steps += stages.map { sound($0.run, to: "sounds/" + $0.run) }
  }

  /// A run sounds the clips that were kept.
  func sound(_ run: String, to place: String) -> [String] {
    [
      "sound", "--from", "\(out)/\(run)", "--data", "\(out)/tested", "--out", "\(out)/\(place)", "--steps",
      "\(amount.flow)",
    ] + seed
  }

  /// Films of pianists that nothing learns from, and their strips.
  func testedFilms(_ films: String, _ strips: String, soundfont: String, seed: UInt64, isToy: Bool) -> [[String]] {
    [
      [
        "data", "film", "--out", "\(out)/\(films)", "--clips", "\(amount.testedFilms)", "--seconds", isToy ? "4" : "20",
        "--views", "top", "--soundfont", soundfont, "--seed", "\(seed &+ 1000)",
      ],
      ["data", "rolls", "--films", "\(out)/\(films)", "--out", "\(out)/\(strips)"],
    ]
  }

  /// Steps of the flow, and how many such films there are.
  var flowSteps: Int { amount.flow }
  var testedFilmCount: Int { amount.testedFilms }

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
