// SizeTrialTests: a size is written, read back, and computes; what it asks of a machine is told from its shapes.
import Foundation
import Generator
import Tensors
import Testing
import Training

@Suite struct SizeTrialTests {
  @Test(arguments: [false, true])
  func `A fresh model passes a block, and its file holds what was told`(piano: Bool) throws {
    let path = FileManager.default.temporaryDirectory.path + "/size-\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let trial = SizeTrial(.toy, piano: piano)
    var written: [Int] = []
    try trial.write(to: path, seed: 3) { done, all in
      written.append(done)
      #expect(done <= all)
    }
    let file = try SafeTensors(path: path)
    #expect(written == Array(1...file.names.count))
    let count = file.names.reduce(0) { $0 + (file.shape($1) ?? []).reduce(1, *) }
    #expect(count == trial.parameters && trial.fileBytes == 2 * count)
    #expect(try file.tensor("audio.input.weight").array.contains { $0 != 0 })
    let bytes = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(bytes - trial.fileBytes < 200_000 && bytes > trial.fileBytes)
    let velocity = try trial.pass(path: path, frames: 5)
    #expect(velocity.shape == Shape(1, 5, 128))
    #expect(velocity.array.allSatisfy { $0.isFinite })
  }

  @Test func `Weights of another size are refused, and nothing is left of a file that was not finished`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/size-\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try SizeTrial(.toy, piano: false).write(to: path, seed: 1) { _, _ in }
    #expect(throws: WeightsError.self) { try SizeTrial(.toy, piano: true).pass(path: path, frames: 2) }
    struct Stop: Error {}
    let other = path + ".other"
    #expect(throws: Stop.self) {
      try SizeTrial(.toy, piano: false).write(to: other, seed: 1) { done, _ in if done == 3 { throw Stop() } }
    }
    let folder = FileManager.default.temporaryDirectory.path
    let name = String(other.split(separator: "/").last ?? "")
    #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasPrefix(name) })
  }

  @Test func `The paper's size trains in some 20 bytes a parameter, which are more than a small machine has`() {
    let trial = SizeTrial(.paper, piano: false)
    #expect(abs(Double(trial.trainingBytes(threads: 2)) / 1e9 - 19.9) < 0.1)
    #expect(trial.passBytes < 5_000_000_000)
  }
}
