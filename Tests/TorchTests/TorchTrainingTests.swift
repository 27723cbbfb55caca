// TorchTrainingTests: a run on PyTorch goes as the native one does, and goes on where it stopped, there and natively.
import Foundation
import Tensors
import Testing
import Torch
import ToyTrainer
import Training

@Suite(.serialized) struct TorchTrainingTests {
  private func run(
    _ name: String, steps: Int = 40, until: Int? = nil, _ engine: TorchEngine?, poisonedStep: Int? = nil
  ) throws -> [Float] {
    var options = RunOptions()
    options.threads = 2
    options.showsProgress = false
    options.logEvery = 1
    options.until = until
    options.engine = engine
    options.evaluateEvery = 20
    let path = folder.path + "/" + name
    _ = try Trainer(
      ToyTask(poisonedStep: poisonedStep), ToyTask.trainer(steps: steps), folder: path, options: options
    ).run()
    return try TrainingLog.lines(path + "/log.jsonl").compactMap { $0["loss"]?.float }
  }

  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fotoplayer-\(UUID().uuidString)")

  private func weights(_ name: String, _ file: String) throws -> [Float] {
    let last = try #require(Checkpoint.all(in: "\(folder.path)/\(name)/checkpoints").last)
    let found = try SafeTensors(path: last.file(file))
    return try found.names.sorted().flatMap { try found.tensor($0).array }
  }

  @Test func `Its losses, weights, moments and average are the native ones`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    defer { try? FileManager.default.removeItem(at: folder) }
    let native = try run("native", nil)
    let torch = try run("torch", engine)
    #expect(native.count == 40 && torch.count == 40)
    for (a, b) in zip(native, torch) { #expect(abs(a - b) <= 1e-4 * a, "\(a), \(b)") }
    for file in ["weights", "first-moment", "second-moment", "average"] {
      for (a, b) in zip(try weights("native", file), try weights("torch", file)) {
        #expect(abs(a - b) < 1e-4, "\(file): \(a), \(b)")
      }
    }
    #expect(engine.computed > 1000 && engine.fallbacks.isEmpty, "\(engine.fallbacks)")
  }

  @Test func `It goes on where it stopped, on PyTorch and natively`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try run("whole", engine)
    _ = try run("halves", until: 20, engine)
    let halves = try run("halves", engine)
    _ = try run("mixed", until: 20, engine)
    let mixed = try run("mixed", nil)
    for index in 0..<40 {
      #expect(abs(halves[index] - whole[index]) <= 1e-5 * whole[index])
      #expect(abs(mixed[index] - whole[index]) <= 1e-4 * whole[index])
    }
  }

  @Test func `In bfloat16 it learns as well`() throws {
    guard let engine = try FoundTorch.engine(.bfloat16) else { return }
    defer { try? FileManager.default.removeItem(at: folder) }
    let native = try run("native", steps: 200, nil)
    let torch = try run("torch", steps: 200, engine)
    func end(_ losses: [Float]) -> Float { losses.suffix(40).reduce(0, +) / 40 }
    #expect(end(torch) < 0.5 * torch[0] && abs(end(torch) - end(native)) < 0.2 * end(native))
    #expect(native != torch)
  }

  @Test func `What fails on the device stops the run with its reason, and the weights are kept`() throws {
    guard let engine = try FoundTorch.engine() else { return }
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run("run", until: 10, engine)
    let before = try weights("run", "weights")
    engine.failed(TorchError("aten::mm([8, 8], [8, 8]): out of memory"))
    let error = #expect(throws: TrainingError.self) { try run("run", engine) }
    #expect("\(error!)".contains("out of memory"), "\(error!)")
    #expect(try weights("run", "weights") == before)
    // A loss that is no number is found as it is natively.
    let poisoned = #expect(throws: TrainingError.self) { try run("poisoned", engine, poisonedStep: 3) }
    #expect("\(poisoned!)".contains("the loss is nan"), "\(poisoned!)")
  }
}
