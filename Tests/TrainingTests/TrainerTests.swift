// TrainerTests: the loop learns, is the same bits for any number of threads and any number of interruptions,
// and says plainly why it cannot go on.
import Foundation
import Scratch
import Synchronization
import Tensors
import Testing
import ToyTrainer
import Training

@Suite struct TrainerTests {
  let scratch = try! Scratch()

  func options(threads: Int = 2, _ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
    var options = RunOptions()
    options.threads = threads
    options.showsProgress = false
    options.logEvery = 1
    change(&options)
    return options
  }

  @discardableResult
  func train(_ name: String, steps: Int, task: ToyTask? = nil, _ options: RunOptions) throws -> Trainer<ToyTask>.Outcome
  {
    try Trainer(task ?? ToyTask(), ToyTask.trainer(steps: steps), folder: scratch.path + "/" + name, options: options)
      .run()
  }

  @Test func `The loss falls, and the log, the plot and the measures tell of it`() throws {
    try train("run", steps: 300, options { $0.evaluateEvery = 10 })
    let run = scratch.path + "/run"
    let lines = try TrainingLog.lines(run + "/log.jsonl")
    let losses = lines.compactMap { $0["loss"]?.float }
    #expect(losses.count == 300)
    let unseen = lines.compactMap { $0["measures"]?["unseen"]?.float }
    #expect(unseen.count == 30)
    #expect(unseen[29] < 0.3 * unseen[0])
    let line = try #require(lines.first)
    #expect(line["step"]?.integer == 1)
    for name in ["absolute", "rate", "gradient norm", "steps/s", "sound s/s", "waited", "left"] {
      #expect(line[name]?.double != nil, "\(name)")
    }
    #expect(lines.last { $0["left"] != nil }?["left"]?.double == 0)
    let plot = try String(contentsOfFile: run + "/plot.svg", encoding: .utf8)
    #expect(plot.hasPrefix("<svg") && plot.contains("absolute") && plot.contains("polyline"))
    #expect(!plot.contains("nan") && !plot.contains("inf") && !plot.contains("waited"))
    let report = try RunReport.text(run)
    for words in ["toy", "trainer.schedule.peak = 0.04", "step 300 of 300 (100 %)", "unseen", "checkpoints: 300"] {
      #expect(report.contains(words), "\(words)")
    }
    #expect(throws: TrainingError.self) { try RunReport.text(scratch.path) }
  }

  @Test(arguments: [1, 2, 3, 7]) func `Any number of threads trains the same bits`(threads: Int) throws {
    try train("one", steps: 12, options(threads: 1))
    try train("many", steps: 12, options(threads: threads))
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let one = try Scratch.file(name, of: scratch.path + "/one")
      #expect(try one == Scratch.file(name, of: scratch.path + "/many"))
    }
  }

  @Test(arguments: [1, 2, 3, 5, 9], [1, 3]) func `A step in parts is the step at once`(parts: Int, preparers: Int)
    throws
  {
    try train("one", steps: 12, options(threads: 1))
    try train(
      "parts", steps: 12,
      options {
        $0.accumulate = parts
        $0.preparers = preparers
      })
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let one = try Scratch.file(name, of: scratch.path + "/one")
      #expect(try one == Scratch.file(name, of: scratch.path + "/parts"))
    }
  }

  @Test func `A step in parts holds the material of few of them`() throws {
    let task = try CountingTask()
    var configuration = ToyTask.trainer(steps: 3)
    configuration.shards = 60
    let options = options {
      $0.accumulate = 20
      $0.preparers = 1
    }
    _ = try Trainer(task, configuration, folder: scratch.path + "/run", options: options).run()
    // Three shards a part: one part that is computed, one that comes next, two that lie ready or are made.
    #expect(task.counter.most <= 12 && task.counter.most >= 3, "\(task.counter.most)")
  }

  @Test func `Ten steps are five and five`() throws {
    #expect(try train("whole", steps: 10, options()) == .finished)
    #expect(try train("halves", steps: 10, options { $0.until = 5 }) == .stopped(step: 5, signal: nil))
    #expect(try train("halves", steps: 10, options()) == .finished)
    #expect(try train("halves", steps: 10, options()) == .finished)
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let whole = try Scratch.file(name, of: scratch.path + "/whole")
      #expect(try whole == Scratch.file(name, of: scratch.path + "/halves"))
    }
    func losses(_ run: String) throws -> [Float?] {
      try TrainingLog.lines(scratch.path + "/\(run)/log.jsonl").map { $0["loss"]?.float }
    }
    #expect(try losses("whole") == losses("halves"))
  }

  @Test func `The newest checkpoints stay, and the milestones`() throws {
    try train(
      "run", steps: 20,
      options {
        $0.checkpointEvery = 2
        $0.milestoneEvery = 6
        $0.keep = 2
      })
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [6, 12, 18, 20])
  }

  @Test func `A checkpoint that is not whole is passed over`() throws {
    try train("run", steps: 10, options { $0.checkpointEvery = 5 })
    try train("other", steps: 10, options())
    let last = scratch.path + "/run/checkpoints/step-000010"
    try FileManager.default.removeItem(atPath: last + "/DONE")
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [5])
    #expect(try train("run", steps: 10, options()) == .finished)
    #expect(
      try Scratch.file("weights", of: scratch.path + "/run") == Scratch.file("weights", of: scratch.path + "/other"))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: last + "/second-moment.safetensors"))
    try handle.truncate(atOffset: 100)
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [5])
  }

  @Test func `Another configuration is refused, value by value`() throws {
    try train("run", steps: 4, options())
    let error = #expect(throws: TrainingError.self) { try train("run", steps: 5, options()) }
    #expect(error?.description.contains("trainer.schedule.steps: the run has 4, asked for is 5") == true)
    let wide = #expect(throws: TrainingError.self) { try train("run", steps: 4, task: ToyTask(width: 8), options()) }
    #expect(wide?.description.contains("model.width: the run has 16, asked for is 8") == true)
  }

  @Test func `A folder trains once at a time`() throws {
    let path = scratch.path + "/run"
    let trainer = try Trainer(ToyTask(), ToyTask.trainer(steps: 3), folder: path, options: options())
    let error = #expect(throws: TrainingError.self) { try train("run", steps: 3, options()) }
    #expect(error?.description.contains("another process") == true)
    #expect(try trainer.run() == .finished)
  }

  @Test func `A loss that is no number stops the run, and the last checkpoint stays`() throws {
    let task = try ToyTask(poisonedStep: 7)
    let error = #expect(throws: TrainingError.self) {
      try train("run", steps: 10, task: task, options { $0.checkpointEvery = 3 })
    }
    #expect(error?.description.contains("step 7: the loss is nan") == true)
    #expect(error?.description.contains("The weights of step 6 are kept") == true)
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [3, 6])
  }

  @Test func `The step before a loss that is no number is kept, though no checkpoint was due`() throws {
    let task = try ToyTask(poisonedStep: 7)
    #expect(throws: TrainingError.self) { try train("run", steps: 10, task: task, options()) }
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [6])
    try train("whole", steps: 10, options { $0.until = 6 })
    for name in ["weights", "first-moment", "second-moment", "average"] {
      let kept = try Scratch.file(name, of: scratch.path + "/run")
      #expect(try kept == Scratch.file(name, of: scratch.path + "/whole"))
    }
    // Where the cause is gone, the run goes on as if it had never been.
    #expect(try train("run", steps: 10, options()) == .finished)
    #expect(try train("whole", steps: 10, options()) == .finished)
    let gone = try Scratch.file("weights", of: scratch.path + "/run")
    #expect(try gone == Scratch.file("weights", of: scratch.path + "/whole"))
  }

  @Test func `Material that cannot be read stops the run with all the steps before it`() throws {
    let task = try ToyTask(faultyStep: 7)
    let error = #expect(throws: TrainingError.self) { try train("run", steps: 10, task: task, options()) }
    #expect(error?.description.contains("toy.data: unreadable") == true)
    #expect(Checkpoint.all(in: scratch.path + "/run/checkpoints").map(\.step) == [6])
  }

  @Test func `A file in the place of the folder is an error with its path`() throws {
    try Data().write(to: URL(fileURLWithPath: scratch.path + "/run"))
    let error = #expect(throws: TrainingError.self) { try train("run", steps: 3, options()) }
    #expect(error?.description.contains(scratch.path + "/run") == true)
  }
}

/// The toy, with a count of the shards that are there.
private final class CountingTask: TrainingTask {
  final class Counter: Sendable {
    private let numbers = Mutex((live: 0, most: 0))
    func add(_ change: Int) {
      numbers.withLock { numbers in
        numbers.live += change
        numbers.most = max(numbers.most, numbers.live)
      }
    }
    var most: Int { numbers.withLock { $0.most } }
  }

  final class Shard: Sendable {
    let example: ToyTask.Example, counter: Counter
    init(_ example: ToyTask.Example, _ counter: Counter) {
      (self.example, self.counter) = (example, counter)
      counter.add(1)
    }
    deinit { counter.add(-1) }
  }

  let toy: ToyTask, counter = Counter()
  init() throws { toy = try ToyTask() }

  var name: String { toy.name }
  var configuration: JSON { toy.configuration }
  var weights: Weights { toy.weights }
  func shard(_ random: inout ShardRandom) throws -> Shard { Shard(try toy.shard(&random), counter) }
  func losses(_ shard: Shard) -> Losses { toy.losses(shard.example) }
}
