// Step: one of the steps of a command's work: how far it is, on a terminal, and whether somebody wants it to stop.
import ArgumentParser
import Foundation
import Terminal

/// Seconds of sound or film that are done.
struct Step {
  private let name: String
  private let total: Int
  private var bar: ProgressBar?

  /// - Parameter seconds: how many there are; nil where nobody knows, and then nothing is shown.
  init(_ name: String, seconds: Double?, isQuiet: Bool) {
    Interruption.listen()
    self.name = name
    total = max(1, Int((seconds ?? 0).rounded(.up)))
    bar = seconds != nil && !isQuiet && isatty(STDERR_FILENO) == 1 ? ProgressBar(total: total, unit: "s") : nil
  }

  /// - Throws: the exit code of a program that was interrupted, when it was.
  mutating func show(_ seconds: Double) throws {
    if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    bar?.show(max(0, min(Int(seconds), total)), name)
  }

  /// All is done.
  mutating func complete() { bar?.show(total, name) }

  /// The next thing that is said stands on a line of its own.
  mutating func finish() {
    bar?.finish()
    bar = nil
  }
}
