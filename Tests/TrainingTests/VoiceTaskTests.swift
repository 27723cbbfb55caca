// VoiceTaskTests: from a small set over a codec and a generator to a voice that plays, and each run to the bit once more.
import Codec
import Foundation
import Generator
import Performer
import Score
import Scratch
import Tensors
import Testing
import Training

@Suite(.serialized) struct VoiceTaskTests {
  let scratch = try! Scratch()

  static var codecConfiguration: CodecConfiguration {
    var c = Toys.codec
    c.source.lag = 100
    return c
  }

  func makeSet(_ name: String = "set", seed: UInt64 = 1) throws -> PianoSet {
    let folder = URL(fileURLWithPath: scratch.path + "/" + name)
    let synthesiser = try FluidSynth(soundFont: PianoSetTests.font)
    let recipe = PianoManifest.Recipe(seed: seed, secondsPerPiece: 5, licence: "MIT", synthesiser)
    _ = try PianoSetMaker(folder: folder, synthesiser: synthesiser, recipe: recipe).make(pieces: 2, jobs: 2) { _ in }
    return try PianoSet(folder)
  }

  func train<Task: TrainingTask>(_ task: Task, _ run: String, steps: Int, stops: [Int] = [], until: Int? = nil) throws {
    for until in stops + [until ?? steps] {
      var options = RunOptions()
      (options.threads, options.showsProgress, options.logEvery, options.until) = (2, false, 1, until)
      options.evaluateEvery = steps
      let configuration = TrainerConfiguration(
        shards: 2, schedule: Schedule(peak: 5e-3, warmUp: 2, steps: steps), averageDecay: 0.9)
      _ = try Trainer(task, configuration, folder: scratch.path + "/" + run, options: options).run()
    }
  }

  func expectSame(_ one: String, _ other: String) throws {
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let first = try Scratch.file(name, of: scratch.path + "/" + one)
      #expect(try first == Scratch.file(name, of: scratch.path + "/" + other), "\(name)")
    }
  }

  func measure(_ run: String, _ name: String) throws -> Float {
    let lines = try TrainingLog.lines(scratch.path + "/\(run)/log.jsonl")
    let values = lines.compactMap { $0["measures"]?[name]?.float }
    return try #require(values.last)
  }

  func numbers(_ weights: Weights) -> [Float] { weights.parameters.flatMap(\.array) }

  func losses(_ run: String) throws -> [Float] {
    try TrainingLog.lines(scratch.path + "/\(run)/log.jsonl").compactMap { $0["loss"]?.float }
  }

  @Test func `A set becomes a codec, a generator and a voice that plays`() throws {
    let set = try makeSet()
    let run = scratch.path + "/codec"
    func codecTask(recomputes: Bool = false) throws -> CodecTask {
      try CodecTask(
        Self.codecConfiguration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24, recomputes: recomputes)
    }
    try train(codecTask(), "codec", steps: 40)
    // Neither interruptions nor what is kept for the walk back make another codec.
    try train(codecTask(recomputes: true), "again", steps: 40, stops: [7, 23])
    try expectSame("codec", "again")
    let falling = try losses("codec")
    let before: Float = falling.prefix(5).reduce(0, +)
    let after: Float = falling.suffix(5).reduce(0, +)
    #expect(after < 0.9 * before)
    #expect(try measure("codec", "loss of the kept piece").isFinite)
    let heard = try FileManager.default.contentsOfDirectory(atPath: run + "/samples")
    #expect(Set(heard) == ["original.wav", "step-000040.wav"])

    try SafeTensors.write(
      Toys.strings.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }, metadata: ["lag": "100"],
      to: TrainedCodec.strings(run))
    let codec = try TrainedCodec(run: run)
    let latents = try LatentSet(
      path: scratch.path + "/latents.safetensors", identity: "codec 40", set: set, model: codec.model
    ) { _ in }
    func generatorTask(recomputes: Bool = false) throws -> GeneratorTask {
      try GeneratorTask(
        Toys.generator, set: set, latents: latents, codec: codec.model, identity: "codec 40", seed: 1, frames: 24,
        recomputes: recomputes)
    }
    try train(generatorTask(), "generator", steps: 30)
    try train(generatorTask(recomputes: true), "once more", steps: 30, stops: [11])
    try expectSame("generator", "once more")
    let error = try measure("generator", "error when performing in 4 steps")
    #expect(error > 0 && error < 20)

    let teacher = try TrainedGenerator(run: scratch.path + "/generator")
    func distillTask() throws -> DistillTask {
      DistillTask(try generatorTask(), teacher: teacher, identity: "generator 30", DistillTask.Teaching())
    }
    let student = try distillTask().weights.flat
    #expect((0..<student.count).allSatisfy { student.data[$0] == teacher.weights.flat.data[$0] })
    try train(distillTask(), "distilled", steps: 20)
    try train(distillTask(), "distilled again", steps: 20, stops: [9])
    try expectSame("distilled", "distilled again")
    for steps in [1, 2, 4] {
      let error = try measure("distilled", "error when performing in \(steps) steps")
      #expect(error > 0 && error < 20)
    }
    #expect(try TrainedGenerator(run: scratch.path + "/distilled").step == 20)

    let voice = scratch.path + "/voice.safetensors"
    try VoiceExport.write(
      name: "Small", codec: codec, generator: TrainedGenerator(run: scratch.path + "/generator"), latents: latents,
      card: ["licence": "MIT"], to: voice)
    let instrument = try VoicePlayer.open(voice)
    #expect(instrument.sampleRate == 24000 && instrument.hop == 320)
    let note = [PerformanceEvent(sample: 400, kind: .noteOn, key: 60, value: 90)]
    func sound() -> [Float] {
      OfflinePerformer(instrument: instrument, hostRate: 24000, blockFrames: 2).render(note, seconds: 0.5)
    }
    let first = sound()
    #expect(first.allSatisfy { $0.isFinite } && first.contains { abs($0) > 1e-6 })
    #expect(sound() == first)
    #expect(try Voice(path: voice).card["licence"] == "MIT")
    try expectFurtherTraining(from: voice, set, of: codec)
  }

  /// A voice gives back what was exported, and a training that begins with it begins where it ended.
  func expectFurtherTraining(from path: String, _ set: PianoSet, of codec: TrainedCodec) throws {
    let voice = try TrainedVoice(path: path)
    for (kept, was) in zip(voice.codec.weights.entries, codec.weights.entries) {
      #expect(kept.name == was.name && kept.tensor.shape == was.tensor.shape)
      // bf16 has eight digits, strings are kept exactly.
      let tolerance: Float = kept.name.hasPrefix("source.") ? 0 : 0x1p-8
      let isNear = zip(kept.tensor.array, was.tensor.array).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
      #expect(isNear, "\(kept.name)")
    }
    let configuration = voice.frameCodec.configuration
    func codecTask() throws -> CodecTask {
      try CodecTask(configuration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24, from: CodecStart(voice))
    }
    #expect(try numbers(codecTask().weights) == numbers(voice.codec.weights))
    #expect(try codecTask().configuration["from"]?.string == voice.identity)
    try train(codecTask(), "further", steps: 6)
    try train(codecTask(), "further again", steps: 6, stops: [2])
    try expectSame("further", "further again")
    // The same settings from random weights are another run.
    let other = #expect(throws: TrainingError.self) {
      try train(
        CodecTask(configuration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24), "further", steps: 6)
    }
    #expect(other?.description.contains("from:") == true)

    let latents = try LatentSet(
      path: scratch.path + "/more.safetensors", identity: "more", set: set, model: voice.codec.model
    ) { _ in }
    let task = try GeneratorTask(
      Toys.generator, set: set, latents: latents.with(voice.statistics), codec: voice.codec.model,
      identity: "more", seed: 1, from: voice, frames: 24)
    #expect(numbers(task.weights) == numbers(voice.generator.weights))
    try train(task, "more", steps: 2)
    let trained = try TrainedGenerator(run: scratch.path + "/more")
    #expect(trained.statistics?.mean.array == voice.statistics.mean.array)
    #expect(trained.statistics?.deviation.array == voice.statistics.deviation.array)
  }

  @Test func `Of several sets each is learned, and a run that was interrupted is the same to the bit`() throws {
    let (set, other) = (try makeSet(), try makeSet("other", seed: 2))
    func codecTask(_ others: [PianoSet]) throws -> CodecTask {
      try CodecTask(
        Self.codecConfiguration, set: set, others: others, strings: Toys.strings, seed: 1, excerptFrames: 24)
    }
    try train(codecTask([other]), "codec", steps: 8)
    try train(codecTask([other]), "again", steps: 8, stops: [3])
    try expectSame("codec", "again")
    try train(codecTask([]), "alone", steps: 8)
    #expect(try losses("codec") != losses("alone"))
    try SafeTensors.write(
      Toys.strings.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }, metadata: ["lag": "100"],
      to: TrainedCodec.strings(scratch.path + "/codec"))
    let codec = try TrainedCodec(run: scratch.path + "/codec")
    let (one, two) = (
      try LatentSet(path: scratch.path + "/1.safetensors", identity: "1", set: set, model: codec.model) { _ in },
      try LatentSet(path: scratch.path + "/2.safetensors", identity: "2", set: other, model: codec.model) { _ in }
    )
    func generatorTask(_ others: [(set: PianoSet, latents: LatentSet)]) throws -> GeneratorTask {
      try GeneratorTask(
        Toys.generator, set: set, latents: one, others: others, codec: codec.model, identity: "two", seed: 1, frames: 24
      )
    }
    let more = [(set: other, latents: two.with(LatentStatistics(one)))]
    try train(generatorTask(more), "generator", steps: 8)
    try train(generatorTask(more), "once more", steps: 8, stops: [5])
    try expectSame("generator", "once more")
    try train(generatorTask([]), "single", steps: 8)
    #expect(try losses("generator") != losses("single"))
  }

  @Test func `A voice without an encoder plays, and says why it cannot be trained further`() throws {
    let task = try CodecTask(Self.codecConfiguration, set: makeSet(), strings: Toys.strings, seed: 1, excerptFrames: 24)
    let path = scratch.path + "/old.safetensors"
    let (_, generator) = try Weights.make(from: RandomWeights(seed: 1)) {
      MultiStreamTransformer($0 / "generator", Toys.generator)
    }
    let metadata = Voice.metadata(name: "Old", codec: .frame(Self.codecConfiguration), generator: Toys.generator)
    let statistics = ["mean", "deviation"].map { (name: "latents." + $0, tensor: Tensor(repeating: 1, Shape(4))) }
    let kept = (task.weights.entries + generator.entries).map { (name: $0.name, tensor: $0.tensor) } + statistics
    func write(_ tensors: [(name: String, tensor: Tensor)]) throws {
      try SafeTensors.write(tensors, metadata: [metadata.key: metadata.value], to: path)
    }
    try write(kept.filter { !$0.name.hasPrefix(Voice.encoder) })
    #expect(try !Voice(path: path).hasEncoder)
    let wrong = #expect(throws: TrainingError.self) { try TrainedVoice(path: path) }
    #expect(wrong?.description.contains("exported without its encoder") == true)
    try write(kept)
    #expect(try Voice(path: path).hasEncoder && TrainedVoice(path: path).name == "Old")
  }

  @Test func `A decoder goes on alone against a discriminator, and the encoder stays to the bit`() throws {
    let set = try makeSet()
    let run = scratch.path + "/codec"
    try train(
      CodecTask(Self.codecConfiguration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24), "codec", steps: 3
    )
    try SafeTensors.write(
      Toys.strings.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }, metadata: ["lag": "100"],
      to: TrainedCodec.strings(run))
    let first = try TrainedCodec(run: run)
    var adversary = AdversarialConfiguration()
    (adversary.discriminator.windows, adversary.discriminator.filters) = ([256], 4)
    (adversary.from, adversary.lead) = (1, 1)
    func finer() throws -> AdversarialTask<CodecTask> {
      let task = try CodecTask(
        Self.codecConfiguration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24,
        from: CodecStart(first, run: run), decoderOnly: true)
      let mel = MelLoss(sampleRate: task.sampleRate, windows: [256, 512])
      return try AdversarialTask(task, terms: [LossTerm("mel", weight: 1) { mel($0, target: $1) }], adversary)
    }
    try train(finer(), "finer", steps: 6)
    try train(finer(), "again", steps: 6, stops: [2])
    try expectSame("finer", "again")
    try FileManager.default.copyItem(
      atPath: TrainedCodec.strings(run), toPath: TrainedCodec.strings(scratch.path + "/finer"))
    let last = try TrainedCodec(run: scratch.path + "/finer")
    for (before, after) in zip(first.weights.entries, last.weights.entries) {
      let isSame = before.tensor.array == after.tensor.array
      let mayMove = before.name.hasPrefix("decoder.") && before.isParameter
      #expect(before.name == after.name && isSame != mayMove, "\(before.name)")
    }
    let description = try RunFolder.configuration(scratch.path + "/finer")
    #expect(description["model"]?["from"]?.string?.hasSuffix("/codec step 3") == true)
    #expect(description["model"]?["decoderOnly"]?.bool == true)
  }

  @Test func `A run of one kind is not taken for the other`() throws {
    let set = try makeSet()
    try train(
      CodecTask(Self.codecConfiguration, set: set, strings: Toys.strings, seed: 1, excerptFrames: 24), "codec", steps: 1
    )
    let wrong = #expect(throws: TrainingError.self) { try TrainedGenerator(run: scratch.path + "/codec") }
    #expect(wrong?.description.contains("expected a run of generator, found codec") == true)
    #expect(throws: TrainingError.self) { try TrainedCodec(run: scratch.path + "/nowhere") }
  }

  @Test func `Latents of another codec are made anew, the same ones are kept`() throws {
    let set = try makeSet()
    let path = scratch.path + "/latents.safetensors"
    func latents(seed: UInt64, _ identity: String) throws -> (LatentSet, made: Int) {
      let task = try CodecTask(Self.codecConfiguration, set: set, strings: Toys.strings, seed: seed, excerptFrames: 24)
      var made = 0
      let latents = try LatentSet(path: path, identity: identity, set: set, model: VoiceCodec(task.model)) { made = $0 }
      return (latents, made)
    }
    let (first, made) = try latents(seed: 1, "one")
    #expect(made == 2 && first.frames == [375, 375])
    let (kept, none) = try latents(seed: 2, "one")
    // The file that `first` reads from is replaced below, but stays open.
    let whole = try first.latents(0, first: 0, frames: 375).array
    #expect(try none == 0 && kept.latents(0, first: 0, frames: 375).array == whole)
    #expect(try kept.latents(0, first: 100, frames: 3).array == Array(whole[400..<412]))
    let all = try whole + first.latents(1, first: 0, frames: 375).array
    let average = stride(from: 0, to: all.count, by: 4).reduce(0) { $0 + all[$1] } / 750
    #expect(abs(kept.mean[0] - average) < 1e-5)
    #expect(throws: WeightsError.self) { try kept.latents(0, first: 374, frames: 2) }
    let (other, again) = try latents(seed: 2, "two")
    #expect(try again == 2 && other.latents(0, first: 0, frames: 375).array != whole)
    #expect(try first.latents(0, first: 0, frames: 375).array == whole)
  }
}
