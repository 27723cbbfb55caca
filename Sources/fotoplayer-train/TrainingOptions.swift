// TrainingOptions: what all trainings have in common on the command line, and how they are carried out.
import ArgumentParser
import Cluster
import Foundation
import Terminal
import Training

struct TrainingOptions: ParsableArguments {
  @Option(help: "The run's folder. A run that is there with the same settings goes on where it stopped.") var out:
    String
  @Option(help: "Steps in all; the learning rate falls towards the last.") var steps: Int?
  @Option(help: "Examples a step.") var batch: Int?
  @Option(
    help: """
      Multiplies the examples a step: so many batches are summed before the weights move. Memory stays that of one; the \
      result is that of one batch as large.
      """) var accumulate = 1
  @Flag(
    help: """
      Keep only what goes into each layer, and compute the rest again for the gradients: about a third more time, a \
      fraction of the memory, the same result.
      """) var recompute = false
  @Option(help: "The highest learning rate.") var rate: Float?
  @Option(help: "Steps until the highest rate.") var warmUp: Int?
  @Option(help: "Another seed, another beginning and order of examples.") var seed: UInt64 = 1
  @Option(help: "Threads; the result does not depend on them.") var threads = ProcessInfo.processInfo
    .activeProcessorCount
  @Option(help: "Leave after this step; the same command without it goes on.") var until: Int?
  @Option(help: "Minutes between checkpoints.") var checkpointMinutes = 10.0
  @Option(help: "Steps between samples (0: at the end only).") var samplesEvery = 2000
  @Option(help: "Minutes in which a rank must answer, where several train (mpirun).") var rankMinutes = 30.0
  @OptionGroup(title: "Engine") var engine: EngineOptions

  func validate() throws {
    let counts = [
      ("--steps", steps), ("--batch", batch), ("--accumulate", accumulate), ("--until", until), ("--threads", threads),
    ]
    for (name, value) in counts {
      if let value, !(1...1_000_000_000 ~= value) { throw ValidationError("\(name) \(value): expected at least 1") }
    }
    if (batch ?? 1) * accumulate > 1_000_000 {
      throw ValidationError("--batch × --accumulate: expected at most 1000000 examples a step")
    }
    if let rate, !(rate > 0 && rate < 1) { throw ValidationError("--rate \(rate): expected more than 0, less than 1") }
    if let warmUp, warmUp < 0 { throw ValidationError("--warm-up \(warmUp): expected at least 0") }
    guard checkpointMinutes > 0 else { throw ValidationError("--checkpoint-minutes: expected more than 0") }
    guard rankMinutes > 0 else { throw ValidationError("--rank-minutes: expected more than 0") }
    guard samplesEvery >= 0 else { throw ValidationError("--samples-every: expected at least 0") }
  }

  /// A task's usual settings with what was asked for instead.
  func configuration(_ usual: TrainerConfiguration) -> TrainerConfiguration {
    var configuration = usual
    configuration.seed = seed
    configuration.shards = (batch ?? usual.shards) * accumulate
    configuration.schedule.steps = steps ?? usual.schedule.steps
    configuration.schedule.warmUp = warmUp ?? min(usual.schedule.warmUp, configuration.schedule.steps / 10)
    configuration.schedule.peak = rate ?? usual.schedule.peak
    return configuration
  }

  /// The processes that train together; nil where there is one.
  func ranks() throws -> (any Ranks)? { try Launch.ranks(limit: rankMinutes * 60) }

  /// Prepares something in the run's folder: rank 0 makes it, the others find it.
  func inTurn<Result>(_ body: () throws -> Result) throws -> Result {
    try ranks().map { try $0.inTurn(body) } ?? body()
  }

  /// Trains, and leaves with 0 at the end, with 128 + the signal's number when asked to stop.
  func train<Task: TrainingTask>(_ task: Task, _ usual: TrainerConfiguration) throws {
    Interruption.listen()
    var options = RunOptions()
    options.threads = threads
    options.until = until
    options.accumulate = accumulate
    options.checkpointMinutes = checkpointMinutes
    options.evaluateEvery = samplesEvery == 0 ? nil : samplesEvery
    options.ranks = try ranks()
    options.engine = try engine.made(threads: threads)
    defer { EngineOptions.report(options.engine) }
    let configuration = configuration(usual)
    let trainer = try Trainer(task, configuration, folder: out, options: options)
    func say(_ words: String) { if options.ranks?.isFirst ?? true { print(words) } }
    let begun = trainer.step == 0 ? "begins" : "goes on after step \(trainer.step)"
    let ranks = options.ranks.map { ", \($0.count) ranks" } ?? ""
    say(
      "\(task.name): \(task.weights.flat.count) parameters\(ranks); \(out) \(begun), of \(configuration.schedule.steps)"
    )
    let outcome = try trainer.run()
    Launch.end()
    switch outcome {
    case .finished: say("\(out): all \(configuration.schedule.steps) steps are done")
    case .stopped(let step, let signal):
      say("\(out): stopped after step \(step); the same command goes on from there")
      if let signal { throw ExitCode(128 + signal) }
    }
  }
}
