// RankTests: several ranks train what one trains; whatever happens to one of them, the others stop and say why, and the run
// goes on from its last checkpoint with any number of ranks.
import Cluster
import Foundation
import Scratch
import Tensors
import Testing
import Training

@Suite(.enabled(if: Launch.hasMPI && Launched.mpirun != nil, "built without MPI, or there is no mpirun"))
struct RankTests {
  let scratch = try! Scratch()

  func launch(_ ranks: Int, _ run: String, steps: Int = 40, every: Int = 10, _ settings: [String: String] = [:]) throws
    -> Launched
  {
    try Launched([(ranks, [run, "\(steps)", "1", "\(every)"])], scratch: scratch.path, settings)
  }

  /// All that a run's last checkpoint keeps, and its losses, within 1e-6 of the largest number in a tensor or of 1.
  func expectAlike(_ one: String, _ other: String) throws {
    let last = try [one, other].map { try #require(Checkpoint.all(in: $0 + "/checkpoints").last) }
    #expect(last[0].step == last[1].step)
    for part in ["weights", "first-moment", "second-moment", "average"] {
      let files = try last.map { try SafeTensors(path: $0.file(part)) }
      #expect(!files[0].names.isEmpty)
      for name in files[0].names {
        let (a, b) = (try files[0].tensor(name).array, try files[1].tensor(name).array)
        let distance = zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
        let size = max(1, a.map(abs).max() ?? 0)
        #expect(a.count == b.count && distance <= 1e-6 * size, "\(part): \(name) differs by \(distance)")
      }
    }
    let losses = try [one, other].map { try TrainingLog.lines($0 + "/log.jsonl").compactMap { $0["loss"]?.float } }
    #expect(losses[0].count == last[0].step && losses[1].count == losses[0].count)
    #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) <= 1e-6 })
  }

  @Test(arguments: [2, 4]) func `Several ranks train what one trains, and the same bits each time`(ranks: Int) throws {
    let (one, many, again) = (scratch.path + "/one", scratch.path + "/many", scratch.path + "/again")
    #expect(try KilledRunTests.finish(one, 40, 1, 40).status == 0)
    for run in [many, again] {
      let end = try launch(ranks, run).finish()
      #expect(end.status == 0, "\(end.errors)")
    }
    try expectAlike(one, many)
    for name in ["weights", "first-moment", "second-moment", "average"] {
      #expect(try Scratch.file(name, of: many) == Scratch.file(name, of: again), "\(name)")
    }
  }

  @Test(arguments: [0, 2]) func `A rank that is killed stops the run, which goes on with fewer`(lost: Int) throws {
    let (whole, run) = (scratch.path + "/whole", scratch.path + "/run")
    let launched = try launch(3, run, steps: 400, every: 5)
    try KilledRunTests.wait(for: 5, in: run, launched.process)
    kill(try launched.process(of: lost), SIGKILL)
    let end = try launched.finish()
    #expect(end.status != 0)
    // mpirun may show nothing more of what is said after it has asked to stop; the log has it, unless rank 0 is the one.
    if lost != 0 {
      let stopped = try #require(try TrainingLog.lines(run + "/log.jsonl").last?["stopped"]?.string)
      #expect(stopped.contains("rank \(lost) did not answer"), "\(stopped)")
      #expect(try RunReport.text(run).contains(stopped))
    }
    let kept = try #require(Checkpoint.all(in: run + "/checkpoints").last)
    #expect(kept.step >= 5 && kept.step < 400)
    for (ranks, folder) in [(2, run), (1, whole)] {
      let end = try launch(ranks, folder, steps: 400, every: 400).finish()
      #expect(end.status == 0, "\(end.errors)")
    }
    try expectAlike(whole, run)
  }

  @Test func `A rank that does not answer ends the waiting of the others`() throws {
    let run = scratch.path + "/run"
    let launched = try launch(2, run, steps: 1_000_000, every: 5, ["TOY_LIMIT": "3"])
    try KilledRunTests.wait(for: 5, in: run, launched.process)
    kill(try launched.process(of: 1), SIGSTOP)
    let end = try launched.finish()
    #expect(end.status != 0)
    #expect(end.errors.contains("rank 1 did not answer for 3 seconds"), "\(end.errors)")
  }

  @Test func `Material that one rank cannot read stops all with the step before`() throws {
    let run = scratch.path + "/run"
    let end = try launch(2, run, every: 1000, ["TOY_FAULTY_RANK": "1", "TOY_FAULTY_STEP": "7"]).finish()
    #expect(end.status != 0)
    #expect(end.errors.contains("rank 1 of 2 left: toy.data: unreadable"), "\(end.errors)")
    #expect(end.errors.contains("whole up to step 6"), "\(end.errors)")
    #expect(Checkpoint.all(in: run + "/checkpoints").map(\.step) == [6])
  }

  @Test func `A run that is asked to stop leaves a checkpoint`() throws {
    let run = scratch.path + "/run"
    let launched = try launch(2, run, steps: 1_000_000, every: 20)
    try KilledRunTests.wait(for: 20, in: run, launched.process)
    // The others hear of it. (mpirun itself may have inherited the tests' blocked signals.)
    kill(try launched.process(of: 1), SIGTERM)
    #expect(try launched.finish().status != 0)
    let last = try #require(Checkpoint.all(in: run + "/checkpoints").last)
    #expect(try TrainingLog.lines(run + "/log.jsonl").last?["step"]?.integer == last.step)
  }

  @Test func `Ranks with other settings, or too many of them, are refused`() throws {
    let arguments = [9, 10].map { [scratch.path + "/run", "\($0)", "1", "5"] }
    let other = try Launched([(1, arguments[0]), (1, arguments[1])], scratch: scratch.path).finish()
    #expect(other.status != 0)
    #expect(other.errors.contains("rank 1 was started with other settings"), "\(other.errors)")
    #expect(other.errors.contains("trainer.schedule.steps"), "\(other.errors)")
    let many = try launch(6, scratch.path + "/many").finish()
    #expect(many.status != 0)
    #expect(many.errors.contains("6 ranks cannot share 5 examples"), "\(many.errors)")
  }
}
