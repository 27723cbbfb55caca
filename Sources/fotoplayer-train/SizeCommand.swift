// `size`: what a size of the generator for words and films asks of this machine.
import ArgumentParser
import Foundation
import Generator
import Terminal
import Training

struct SizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "size", abstract: "What a size of the generator asks of this machine.",
    discussion: """
      Examples:
        fotoplayer-train size paper
        fotoplayer-train size paper --piano --try fresh.safetensors

      Tells parameters and memory, of a pass and of a training step, from shapes alone. With --try fresh weights are
      written to a file, read back, and asked for one block: whether this machine can hold it is then known.
      """)

  @Argument(help: "toy, small, medium, large or paper.") var size: GeneratorSize
  @Flag(help: "With the stream that reads a roll, as of stage 2.") var piano = false
  @Option(name: .customLong("try"), help: "The file to write, in bfloat16.") var file: String?
  @Option(help: "Frames of the block that is asked for, 1…750.") var frames = 3
  @Option(help: "Threads of a training.") var threads = 2
  @Option(help: "Another seed, other weights.") var seed: UInt64 = 1

  func validate() throws {
    guard 1...750 ~= frames else { throw ValidationError("--frames \(frames): expected 1…750") }
    guard 1...1024 ~= threads else { throw ValidationError("--threads \(threads): expected 1…1024") }
  }

  func run() throws {
    let trial = SizeTrial(size, piano: piano)
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    print(
      """
      \(size.rawValue)\(piano ? ", with a roll" : ""): \(Self.text(trial.parameters, unit: "M")) parameters
      file, bfloat16:          \(Self.text(trial.fileBytes, unit: "GB"))
      a pass:                  \(Self.text(trial.passBytes, unit: "GB")): weights in float32, and packed in bfloat16
      a training step at least \(Self.text(trial.trainingBytes(threads: threads), unit: "GB")): weights, gradient, moments, \
      average, and a gradient for each of \(threads) threads
      this machine:            \(Self.text(memory, unit: "GB"))
      """)
    if trial.trainingBytes(threads: threads) > memory {
      print("A training of this size does not fit into this machine; docs/scale.md tells what it takes.")
    }
    guard let file else { return }
    guard trial.passBytes < memory else {
      throw ValidationError("--try: a pass takes more memory than this machine has")
    }
    var bar: ProgressBar?
    try trial.write(to: file, seed: seed) { done, all in
      bar = bar ?? ProgressBar(total: all, unit: "tensors written")
      bar?.show(done)
    }
    bar?.finish()
    let velocity = try trial.pass(path: file, frames: frames)
    let isSound = velocity.array.allSatisfy(\.isFinite)
    print(
      "\(file): a block of \(frames) frames passed, \(isSound ? "all its numbers are finite" : "NOT ALL NUMBERS ARE FINITE")"
    )
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      print("memory at its highest:   \(Self.text(usage.ru_maxrss * 1024, unit: "GB"))")
    }
    if !isSound { throw ExitCode(1) }
  }

  /// Millions or thousands of millions, with three digits or so.
  private static func text(_ count: Int, unit: String) -> String {
    let value = Double(count) / (unit == "M" ? 1e6 : 1e9)
    return "\(String(format: value < 10 ? "%.2f" : "%.1f", value)) \(unit == "M" ? "million" : unit)"
  }
}
