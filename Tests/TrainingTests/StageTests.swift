// StageTests: each stage begins where the one before ended, learns what it is there for, and goes on bit for bit.
import Foundation
import Generator
import Scratch
import Tensors
import Testing
import Training

@Suite(.serialized) struct StageTests {
  let toys = try! ToyClips()
  let workshop = VoiceTaskTests()

  /// A run of stage 1 that has learned from words and films.
  ///
  /// - Parameter piano: the clips' latents become as large and as varied as these.
  private func first(steps: Int = 60, like piano: LatentSet? = nil) throws -> (learned: FoleySet, kept: FoleySet) {
    let learned = try toys.set(toys.manifest(12, isFilmed: true), "learned") { clip in
      let toy = toys.features(clip)
      guard let piano else { return toy }
      let z: [Float] = toy.latents.array.enumerated().map { index, value in
        let channel = index % ToyClips.width
        return piano.mean[channel] + piano.deviation[channel] * (value - 5) / 2
      }
      return ClipFeatures(latents: Tensor(toy.latents.shape, z), captions: toy.captions, film: toy.film)
    }
    let kept = try toys.set(toys.manifest(8, isFilmed: true), "kept", statistics: learned.statistics) {
      toys.features($0, frames: 20)
    }
    let task = try FoleyTask(
      ToyClips.configuration, .joint, learned: learned, kept: kept, start: toys.start, frames: 16)
    try toys.train(task, "joint", steps: steps)
    return (learned, kept)
  }

  private func latents(_ set: PianoSet, _ name: String) throws -> LatentSet {
    let codec = try TrainedCodec(path: EnCodecVoiceTests.folder)
    return try LatentSet(
      path: toys.path + "/\(name).safetensors", identity: codec.version, set: set, model: codec.model
    ) { _ in }
  }

  /// Performances that lie a deviation higher.
  private func raised(_ latents: LatentSet) throws -> LatentSet {
    let path = toys.path + "/raised.safetensors"
    var tensors: [(name: String, tensor: Tensor)] = []
    for (piece, frames) in latents.frames.enumerated() {
      let z = try latents.latents(piece, first: 0, frames: frames)
      for index in 0..<z.shape.count { z[index] += latents.deviation[index % ToyClips.width] }
      tensors.append(("\(piece).latents", z))
      tensors.append(("\(piece).energy", try latents.energy(piece, first: 0, frames: frames)))
    }
    tensors += [("mean", latents.mean), ("deviation", latents.deviation)]
    try SafeTensors.write(tensors, metadata: ["identity": "raised"], to: path)
    return try LatentSet(kept: path)
  }

  private func values(_ measures: [Measure]) -> [String: Float] {
    Dictionary(uniqueKeysWithValues: measures.map { ($0.name, $0.value) })
  }

  private func table(_ run: String) throws -> SafeTensors {
    let last = Checkpoint.all(in: toys.path + "/\(run)/checkpoints").last
    return try SafeTensors(path: try #require(last).file("average"))
  }

  @Test func `The piano is added, and changes nothing until it has learned`() throws {
    let (learned, kept) = try first()
    let set = try workshop.makeSet()
    let strips = try RollSet(DrawnStrips(toys.path + "/strips", views: [.top]).folder)
    func task(_ films: PianoTask.Films?, sets: Int = 1) throws -> PianoTask {
      let material = PianoTask.Material(
        set, latents: try latents(set, "piano"), captions: [], identity: "toys")
      return try PianoTask(
        from: toys.stage("joint"), [PianoTask.Material](repeating: material, count: sets), harmonicBands: 0,
        clips: learned, kept: kept, films: films, seed: 1, frames: 16)
    }
    let before = values(
      try FoleyTask(
        ToyClips.configuration, .joint, learned: learned, kept: kept, start: StageStart(toys.stage("joint"), seed: 1),
        frames: 16
      ).evaluate(step: 0, folder: toys.path))
    let films = try PianoTask.Films(strips, network: DrawnStrips.network(1), windows: 2)
    let begun = try task(films)
    let added = values(try begun.evaluate(step: 0, folder: toys.path))
    #expect(added["kept clips"] == before["kept clips"] && added["kept clips unled"] == before["kept clips unled"])
    #expect(added["kept piece"] == added["kept piece unled"])
    // Two sets are measured like one, and said.
    let two = try task(nil, sets: 2)
    #expect(values(try two.evaluate(step: 0, folder: toys.path))["kept piece"] == added["kept piece"])
    #expect(two.configuration["piano"]?.string == "toys; toys")

    try toys.train(begun, "piano-run", steps: 60)
    try toys.train(try task(films), "again", steps: 60, stops: [1, 23])
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let one = try Scratch.file(name, of: toys.path + "/piano-run")
      #expect(try one == Scratch.file(name, of: toys.path + "/again"), "\(name)")
    }
    let lines = try TrainingLog.lines(toys.path + "/piano-run/log.jsonl")
    let reading = lines.compactMap { $0["roll"]?.float }
    let (early, late): (Float, Float) = (reading.prefix(10).reduce(0, +), reading.suffix(10).reduce(0, +))
    #expect(reading.count == 60 && late < 0.9 * early, "\(early), \(late)")
    let after = values(try begun.evaluate(step: 60, folder: toys.path))
    #expect(after["kept piece"]! < added["kept piece"]!, "\(added), \(after)")
    // What was learned before stays.
    #expect(after["kept clips"]! < 1.3 * before["kept clips"]!, "\(before), \(after)")
    #expect(
      after["frame F1, top"] != nil && FileManager.default.fileExists(atPath: toys.path + "/predictor.safetensors"))
    // A run without films has no predictor; a stage opens either.
    try toys.train(try task(nil), "filmless", steps: 2)
    #expect(try table("piano-run").names.contains { $0.hasPrefix("predictor.") })
    #expect(try !table("filmless").names.contains { $0.hasPrefix("predictor.") })
    #expect(try toys.stage("piano-run").model.configuration == toys.stage("filmless").model.configuration)
  }

  @Test(arguments: ContrastTask.Kind.allCases)
  func `Sound comes nearer to its film, and the roll's stream stays as it is`(_ kind: ContrastTask.Kind) throws {
    let (learned, kept) = try first()
    let set = try workshop.makeSet()
    let material = PianoTask.Material(set, latents: try latents(set, "piano"), captions: [], identity: "toys")
    let piano = try PianoTask(
      from: toys.stage("joint"), [material], harmonicBands: 0, clips: learned, kept: nil, films: nil, seed: 1,
      frames: 16)
    try toys.train(piano, "piano-run", steps: 4)

    var settings = ContrastTask.Settings(audioWidth: 16)
    (settings.kind, settings.weight, settings.clips, settings.frames) = (kind, 1, 3, 4)
    func task() throws -> ContrastTask {
      try ContrastTask(
        from: toys.stage("piano-run"), settings, clips: learned, kept: kept, seed: 1, frames: 16)
    }
    let begun = try task()
    let before = values(try begun.evaluate(step: 0, folder: toys.path))
    try toys.train(begun, "contrast", steps: 80)
    try toys.train(try task(), "again", steps: 80, stops: [31])
    #expect(
      try Scratch.file("weights", of: toys.path + "/contrast") == Scratch.file("weights", of: toys.path + "/again"))
    let after = values(try begun.evaluate(step: 80, folder: toys.path))
    #expect(after["kept contrast"]! < before["kept contrast"]!, "\(before), \(after)")
    #expect(after["kept clips"]! < 1.3 * before["kept clips"]!, "\(before), \(after)")
    let (was, became) = (try table("piano-run"), try table("contrast"))
    for name in was.names {
      let isSame = try was.tensor(name).array == became.tensor(name).array
      if name.hasPrefix("roll.") || name.hasPrefix("exchanges.") { #expect(isSame, "\(name)") }
      if name == "audio.input.weight" { #expect(!isSame) }
    }
    #expect(became.names.contains { $0.hasPrefix("contrast.") })
    // Heads are not carried into what follows.
    let next = try toys.stage("contrast")
    #expect(next.name == "stage3" && !next.weights.entries.contains { $0.name.hasPrefix("contrast.") })
  }

  @Test func `What is preferred becomes likelier than a frozen copy finds it`() throws {
    let set = try workshop.makeSet()
    let (learned, _) = try first(steps: 4, like: latents(set, "piano"))
    let material = PianoTask.Material(
      set, latents: try latents(set, "piano"), captions: [Tensor(repeating: 0.5, Shape(2, 6))], identity: "toys")
    let piano = try PianoTask(
      from: toys.stage("joint"), [material], harmonicBands: 0, clips: learned, kept: nil, films: nil, seed: 1,
      frames: 16)
    try toys.train(piano, "piano-run", steps: 30)
    let control = try raised(latents(set, "piano"))
    let pairs = try PreferenceTask.Pairs(
      preferred: (set, latents(set, "piano")), control: (set, control), identity: "toys")
    func task() throws -> PreferenceTask {
      try PreferenceTask(from: toys.stage("piano-run"), pairs, seed: 1, frames: 16)
    }
    let begun = try task()
    let before = values(try begun.evaluate(step: 0, folder: toys.path))
    // Nobody is liked better than by oneself: ln 2.
    #expect(before["kept implicit accuracy"] == 0 && abs(before["kept preference"]! - 0.6931) < 1e-3, "\(before)")
    try toys.train(begun, "preferred-run", steps: 60, rate: 2e-3)
    let after = values(try begun.evaluate(step: 60, folder: toys.path))
    #expect(
      after["kept implicit accuracy"]! >= 0.75 && after["kept preference"]! < before["kept preference"]!, "\(after)")
    let lines = try TrainingLog.lines(toys.path + "/preferred-run/log.jsonl")
    #expect(lines.count { $0["implicit accuracy"] != nil } == 60)
    try toys.train(try task(), "again", steps: 60, stops: [17], rate: 2e-3)
    let again = try Scratch.file("weights", of: toys.path + "/again")
    #expect(try Scratch.file("weights", of: toys.path + "/preferred-run") == again)
    #expect {
      _ = try PreferenceTask.Pairs(
        preferred: (set, latents(set, "piano")), control: (workshop.makeSet("strange", seed: 2), control),
        identity: "sets of two seeds")
    } throws: {
      "\($0)".contains("sets of two seeds: expected two performances of one score")
    }
  }

  @Test func `A run of something else is refused, with what was expected`() throws {
    let (learned, _) = try first(steps: 2)
    let path = toys.path
    func refused(_ words: String, _ body: () throws -> Void) {
      do {
        try body()
        Issue.record("nothing was said of: \(words)")
      } catch { #expect("\(error)".contains(words)) }
    }
    refused("no run here") { _ = try toys.stage("nowhere") }
    refused("joint: expected a run of `fotoplayer-train stage2`, found one of stage1") {
      _ = try toys.stage("joint", ["stage2"])
    }
    refused("expected a model that reads rolls (stage 2)") {
      let set = try workshop.makeSet()
      let latents = try latents(set, "piano")
      let pairs = try PreferenceTask.Pairs(preferred: (set, latents), control: (set, latents), identity: "toys")
      _ = try PreferenceTask(from: toys.stage("joint"), pairs, seed: 1, frames: 16)
    }
    var c = ToyClips.configuration
    c.videoFeatures = 0
    let words = try FoleyTask(c, .words, learned: learned, kept: nil, start: toys.start, frames: 16)
    try toys.train(words, "words", steps: 1)
    refused("expected a model that watches films") {
      _ = try ContrastTask(
        from: toys.stage("words"), .init(audioWidth: 16), clips: learned, kept: nil, seed: 1, frames: 16)
    }
    refused("expected latents 9 wide") {
      c.latentWidth = 9
      _ = try FoleyTask(c, .words, learned: learned, kept: nil, start: toys.start, frames: 16)
    }
    // Another run in the same folder, and a damaged one.
    refused("joint holds another run") { try toys.train(words, "joint", steps: 2) }
    let last = try #require(Checkpoint.all(in: path + "/words/checkpoints").last)
    try Data(count: 64).write(to: URL(fileURLWithPath: last.file("average")))
    refused("words: no complete checkpoint") { _ = try toys.stage("words") }
  }

  @Test func `Stages are told in a table`() throws {
    var table = StageTable()
    _ = try first(steps: 2)
    try Data("{\"step\":2,\"measures\":{\"kept clips\":0.5}}\n".utf8).write(
      to: URL(fileURLWithPath: toys.path + "/joint/log.jsonl"))
    try table.add("1: joint", run: toys.path + "/joint", sounds: [SoundMeasure("SI-SDR (dB)", -3, count: 4, note: "")])
    try table.add("again", run: toys.path + "/joint", sounds: [SoundMeasure("FAD", nil, count: 4, note: "none")])
    #expect(
      table.markdown == """
        | stage | kept clips | SI-SDR (dB) |
        |---|---|---|
        | 1: joint | 0.500 | -3.000 |
        | again | 0.500 | – |

        """)
    #expect(throws: TrainingError.self) { try table.add("none", run: toys.path + "/none") }
  }
}
