// ToyTrainer: the toy as a program of its own, so that tests can kill it, fill its disk and send it signals.
// ToyTrainer FOLDER STEPS THREADS CHECKPOINT-EVERY [LARGEST-FILE]
import Foundation
import Terminal
import Training

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
      let trainer = try Trainer(ToyTask(), ToyTask.trainer(steps: numbers[0]), folder: arguments[1], options: options)
      switch try trainer.run() {
      case .finished: exit(0)
      case .stopped(_, let signal): exit(128 + (signal ?? 0))
      }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}
