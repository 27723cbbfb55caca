// KilledRunTests: a run as a process of its own: killed without warning, asked to stop, out of disk.
// However it ends, the same command goes on and arrives at the same bits.
import Foundation
import Scratch
import Testing
import Training

@Suite struct KilledRunTests {
  let scratch = try! Scratch()

  /// The toy trainer, beside the tests.
  static func program() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let candidates = [tests] + CommandLine.arguments
    let programs = candidates.map { ($0 as NSString).deletingLastPathComponent + "/ToyTrainer" }
    return try #require(programs.first { FileManager.default.isExecutableFile(atPath: $0) })
  }

  static func start(_ folder: String, _ numbers: Int...) throws -> (process: Process, errors: Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try program())
    process.arguments = [folder] + numbers.map(String.init)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    return (process, errors)
  }

  static func finish(_ folder: String, _ numbers: Int...) throws -> (status: Int32, errors: String) {
    let (process, errors) = try start(folder, numbers[0], numbers[1], numbers[2])
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// Waits until a run has a checkpoint of at least `step`.
  static func wait(for step: Int, in folder: String, _ process: Process) throws {
    while process.isRunning {
      if let last = Checkpoint.all(in: folder + "/checkpoints").last, last.step >= step { return }
      usleep(2000)
    }
    Issue.record("the run ended before step \(step)")
  }

  func expectSameBits(_ one: String, _ other: String) throws {
    for name in ["weights", "first-moment", "second-moment", "average"] {
      #expect(try Scratch.file(name, of: one) == Scratch.file(name, of: other), "\(name)")
    }
  }

  @Test func `A killed run goes on to the same bits`() throws {
    let whole = scratch.path + "/whole"
    let killed = scratch.path + "/killed"
    #expect(try Self.finish(whole, 300, 2, 100).status == 0)
    for step in [20, 80] {
      let (process, _) = try Self.start(killed, 300, 2, 5)
      try Self.wait(for: step, in: killed, process)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
    }
    #expect(try Self.finish(killed, 300, 1, 100).status == 0)
    try expectSameBits(whole, killed)
    let lines = try TrainingLog.lines(killed + "/log.jsonl").filter { $0["loss"] != nil }
    let isInOrder = lines.map { $0["step"]?.integer } == (1...300).map { $0 }
    #expect(isInOrder)
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `A run that is asked to stop leaves a checkpoint`(signal: Int32) throws {
    let run = scratch.path + "/run"
    let (process, _) = try Self.start(run, 1_000_000, 2, 20)
    try Self.wait(for: 20, in: run, process)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + signal)
    let last = try #require(Checkpoint.all(in: run + "/checkpoints").last)
    #expect(try TrainingLog.lines(run + "/log.jsonl").last?["step"]?.integer == last.step)
  }

  @Test func `A disk that takes no more leaves the last checkpoint, and the run goes on when there is room`() throws {
    let whole = scratch.path + "/whole"
    let full = scratch.path + "/full"
    #expect(try Self.finish(whole, 60, 1, 20).status == 0)
    // Files end at 6 kB: checkpoints fit, the log of sixty steps does not.
    let (process, errors) = try Self.start(full, 60, 1, 20, 6000)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(text.contains("cannot write") && text.contains("the same command goes on"), "\(text)")
    #expect(!Checkpoint.all(in: full + "/checkpoints").isEmpty)
    #expect(try Self.finish(full, 60, 1, 20).status == 0)
    try expectSameBits(whole, full)
  }

  @Test func `A checkpoint without room for it leaves nothing behind`() throws {
    let run = scratch.path + "/run"
    let (process, errors) = try Self.start(run, 10, 1, 5, 500)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(text.contains("its beginning"), "\(text)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: run + "/checkpoints").isEmpty)
    #expect(try Self.finish(run, 10, 1, 5).status == 0)
  }
}
