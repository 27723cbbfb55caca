// AdversarialTrainingTests: codec and discriminator learn from each other, to the same bits however often they are
// interrupted and on however many threads.
import Foundation
import Scratch
import Tensors
import Testing
import Training

@Suite struct AdversarialTrainingTests {
  let scratch = try! Scratch()
  static let files = [
    "weights", "first-moment", "second-moment", "average", "discriminator", "discriminator-first-moment",
    "discriminator-second-moment", "adversary",
  ]

  func task(
    poisonedStep: Int? = nil, _ change: (inout AdversarialConfiguration) -> Void = { _ in }
  ) throws -> AdversarialTask<ToyCodec> {
    var c = AdversarialConfiguration()
    (c.discriminator.windows, c.discriminator.filters) = ([64, 32], 4)
    (c.from, c.lead, c.rate) = (10, 6, 2e-3)
    change(&c)
    let poisoned = poisonedStep != nil
    let waveform = LossTerm("waveform", weight: 1) { output, target in
      poisoned ? meanSquare(output) : WaveformLoss.value(output, target: target)
    }
    return try AdversarialTask(ToyCodec(poisonedStep: poisonedStep), terms: [waveform], c)
  }

  @discardableResult
  func train<Task: TrainingTask>(
    _ name: String, steps: Int, _ task: Task, threads: Int = 2, until: Int? = nil
  ) throws -> [JSON] {
    var options = RunOptions()
    (options.threads, options.until, options.logEvery, options.showsProgress) = (threads, until, 1, false)
    let configuration = TrainerConfiguration(
      shards: 3, schedule: Schedule(peak: 5e-3, warmUp: 2, steps: steps), averageDecay: 0.9)
    _ = try Trainer(task, configuration, folder: scratch.path + "/" + name, options: options).run()
    return try TrainingLog.lines(scratch.path + "/\(name)/log.jsonl")
  }

  func expectSame(_ one: String, _ other: String) throws {
    for name in Self.files {
      let found = try Scratch.file(name, of: scratch.path + "/" + one)
      #expect(try found == Scratch.file(name, of: scratch.path + "/" + other), "\(name)")
    }
  }

  @Test func `Stopped before, in and after the discriminator's beginning, a run goes on to the same bits`() throws {
    try train("whole", steps: 24, task())
    for until in [2, 7, 13, 24] { try train("parts", steps: 24, task(), until: until) }
    try expectSame("whole", "parts")
  }

  @Test(arguments: [1, 3]) func `Any number of threads trains the same bits`(threads: Int) throws {
    try train("two", steps: 16, task())
    try train("other", steps: 16, task(), threads: threads)
    try expectSame("two", "other")
  }

  @Test func `The discriminator begins when it is told to, and so does the codec's regard for it`() throws {
    let lines = try train("run", steps: 14, task())
    let discriminator = lines.compactMap { $0["discriminator"]?.float }
    #expect(discriminator.count == 14)
    #expect(discriminator.prefix(4).allSatisfy { $0 == 0 } && discriminator.dropFirst(4).allSatisfy { $0 > 0 })
    let state = try SafeTensors(path: Checkpoint.all(in: scratch.path + "/run/checkpoints").last!.file("adversary"))
    let counts = try state.tensor("balancer.counts").array
    #expect(counts[0] > 13 && counts[0] < 14 && counts[1] > 3.9 && counts[1] < 4 && counts[1] == counts[2])
    #expect(try 1...9 ~= state.tensor("lessons").scalar)
  }

  @Test func `It learns to tell, and the codec still learns to carry`() throws {
    let lines = try train("run", steps: 300, task { ($0.featureWeight, $0.adversarialWeight) = (1, 0.2) })
    func mean(_ name: String, _ range: Range<Int>) -> Float {
      range.reduce(0) { $0 + (lines[$1][name]?.float ?? .nan) } / Float(range.count)
    }
    #expect(mean("discriminator", 5..<10) > 1.6)
    #expect(mean("discriminator", 100..<200) < 1.4)
    #expect(mean("waveform", 280..<300) < 0.5 * mean("waveform", 0..<5))
  }

  @Test func `About two of three steps are lessons, chosen by seed and step`() throws {
    let lines = try train("run", steps: 200, task { ($0.from, $0.lead) = (0, 0) })
    #expect(lines.count == 200)
    let state = try SafeTensors(path: Checkpoint.all(in: scratch.path + "/run/checkpoints").last!.file("adversary"))
    #expect(try 110...155 ~= state.tensor("lessons").scalar)
  }

  @Test func `A discriminator that has lost its numbers stops the run`() throws {
    let error = #expect(throws: TrainingError.self) {
      try train("run", steps: 12, task(poisonedStep: 8) { $0.chance = 1 })
    }
    #expect(error?.description.contains("step 8: the discriminator's loss is") == true)
  }

  @Test func `Without an adversary a run has no files of one`() throws {
    try train("plain", steps: 2, ToyCodec())
    let last = try #require(Checkpoint.all(in: scratch.path + "/plain/checkpoints").last)
    let files = try FileManager.default.contentsOfDirectory(atPath: last.path)
    #expect(Set(files) == Set(Self.files.prefix(4).map { $0 + ".safetensors" } + ["DONE"]))
  }

  @Test func `The balanced loss has the weighted mean's value and the balanced gradient's slope`() throws {
    let task = try task { ($0.from, $0.lead) = (0, 0) }
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    let shard = try task.shard(&random)
    let losses = task.losses(shard)
    let values = Dictionary(uniqueKeysWithValues: losses.parts.map { ($0.name, $0.value) })
    let mean = (values["waveform"]! + 3 * values["adversarial"]! + 3 * values["features"]!) / 7
    #expect(abs(losses.total.scalar - mean) < 1e-5)
    let found = gradients(of: losses.total, for: task.weights.parameters)
    #expect(found.contains { $0.array.contains { $0 != 0 } })
  }
}
