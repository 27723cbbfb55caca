// `engine`: what PyTorch was found, and whether it computes what the native kernels compute.
import ArgumentParser
import Foundation
import Torch

struct EngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "Find a PyTorch, and check it against the native kernels.",
    discussion: """
      Examples:
        fotoplayer-train engine
        fotoplayer-train engine --device cuda --precision bfloat16
        fotoplayer-train engine --torch ~/venv/lib/python3.11/site-packages/torch

      Leaves with 0 when every check is passed, with 1 when there is no PyTorch or no such device, with 2 when a check
      failed: a run leaves what failed to the native kernels.
      """)

  @Option(help: "Where PyTorch computes: cpu, cuda or cuda:N.") var device = "cpu"
  @Option(help: "How PyTorch multiplies: float32 or bfloat16.") var precision = TorchPrecision.float32
  @Option(help: "PyTorch's library or folder; else FOTOPLAYER_TORCH, the loader's path, python3's packages.") var torch:
    String?

  func run() throws {
    guard let device = TorchDevice(device) else {
      throw ValidationError("--device \(device): expected cpu, cuda or cuda:N")
    }
    let library = try TorchLibrary(path: torch)
    let engine = try TorchEngine(library, device: device, precision: precision)
    print(EngineOptions.description(engine))
    for remark in library.remarks { print("  not used: \(remark)") }
    let test = engine.selfTest()
    let width = test.rows.reduce(0) { max($0, $1.name.count) }
    print("\("primitive".padded(width))  forward   gradient  allowed")
    for row in test.rows {
      let numbers = String(format: "%7.1e   %7.1e   %5.0e", row.forward, row.backward, row.tolerance)
      print("\(row.name.padded(width))  \(numbers)   \(row.isGood ? "OK" : row.fault ?? "DIFFERS")")
    }
    if !test.failed.isEmpty {
      print("\(test.failed.count) of \(test.rows.count) failed; a run leaves these to the native kernels")
      throw ExitCode(2)
    }
    print("all \(test.rows.count) agree with the native kernels")
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
