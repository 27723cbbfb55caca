// ToyTrainer: the toy as a program of its own, so that tests can kill it, fill its disk and send it signals.
// ToyTrainer FOLDER STEPS THREADS CHECKPOINT-EVERY [LARGEST-FILE]; under mpirun it is one of several ranks.
import Cluster
import Foundation
import Terminal
import Training

/// Of several ranks, TOY_FAULTY_RANK cannot read the material of step TOY_FAULTY_STEP; TOY_LIMIT: seconds in which each must
/// answer.
@main struct ToyTrainer {
  static func main() {
    let arguments = CommandLine.arguments
    let numbers = arguments.dropFirst(2).compactMap { Int($0) }
    guard numbers.count >= 3 else { exit(64) }
    Interruption.listen()
    if numbers.count > 3 {
      var limit = rlimit(rlim_cur: rlim_t(numbers[3]), rlim_max: rlim_t(numbers[3]))
      guard setrlimit(__rlimit_resource_t(1), &limit) == 0 else { exit(71) }
    }
    var options = RunOptions()
    options.threads = numbers[1]
    options.checkpointEvery = numbers[2]
    options.logEvery = 1
    do {
      let environment = ProcessInfo.processInfo.environment.compactMapValues { Int($0) }
      options.ranks = try Launch.ranks(limit: Double(environment["TOY_LIMIT"] ?? 600))
      let isFaulty = options.ranks?.rank == environment["TOY_FAULTY_RANK"]
      let task = try ToyTask(faultyStep: isFaulty ? environment["TOY_FAULTY_STEP"] : nil)
      let trainer = try Trainer(task, ToyTask.trainer(steps: numbers[0]), folder: arguments[1], options: options)
      let outcome = try trainer.run()
      Launch.end()
      switch outcome {
      case .finished: exit(0)
      case .stopped(_, let signal): exit(128 + (signal ?? 0))
      }
    } catch {
      if Launch.leave(because: "\(error)") { exit(1) }
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}
