// EngineOptions: who computes a training's steps: the native kernels, or a PyTorch that is found on this machine.
import ArgumentParser
import Cluster
import Foundation
import Torch
import Training

struct EngineOptions: ParsableArguments {
  enum Engine: String, ExpressibleByArgument, CaseIterable { case native, torch }

  @Option(help: "Who computes: native, or torch, a PyTorch on this machine.") var engine = Engine.native
  @Option(help: "Where PyTorch computes: cpu, cuda or cuda:N; of several ranks on a machine each has its own cuda.")
  var device = "cpu"
  @Option(help: "How PyTorch multiplies: float32, or bfloat16 with weights and sums in float32.") var precision =
    TorchPrecision.float32
  @Option(help: "PyTorch's library or folder; else FOTOPLAYER_TORCH, the loader's path, python3's packages.") var torch:
    String?

  func validate() throws {
    guard TorchDevice(device) != nil else { throw ValidationError("--device \(device): expected cpu, cuda or cuda:N") }
    if engine == .native, device != "cpu" || precision != .float32 || torch != nil {
      throw ValidationError("--device, --precision and --torch are for --engine torch")
    }
  }

  /// The engine for a run, tried; nil for the native kernels.
  func made(threads: Int) throws -> TorchEngine? {
    if engine == .native { return nil }
    let (engine, test) = try tried(threads: threads)
    guard Launch.isFirst else { return engine }
    print("engine: \(EngineOptions.description(engine)); \(test.rows.count) checks, \(test.failed.count) failed")
    for row in test.failed {
      print("engine: \(row.name) is left to the native kernels: \(EngineOptions.verdict(row))")
    }
    return engine
  }

  func tried(threads: Int) throws -> (engine: TorchEngine, test: SelfTest) {
    let library = try TorchLibrary(path: torch, threads: threads)
    let engine = try TorchEngine(library, device: chosen, precision: precision)
    return (engine, engine.selfTest())
  }

  /// A rank takes the graphics card of its number on the machine, unless one is named.
  private var chosen: TorchDevice { device == "cuda" ? .cuda(Launch.neighbour) : TorchDevice(device)! }

  static func description(_ engine: TorchEngine) -> String {
    "PyTorch \(engine.library.version), \(engine.device), \(engine.precision.rawValue) "
      + "(\(engine.library.path), from \(engine.library.reason))"
  }

  static func verdict(_ row: SelfTest.Row) -> String {
    row.fault
      ?? String(
        format: "differs by %.1e forward, %.1e back; %.0e is allowed", row.forward, row.backward, row.tolerance)
  }

  /// What was left to the native kernels in a run, for whoever wonders about its speed.
  static func report(_ engine: TorchEngine?) {
    guard let engine, !engine.fallbacks.isEmpty, Launch.isFirst else { return }
    let list = engine.fallbacks.sorted { $0.value > $1.value }.map { "\($0.key) (\($0.value)×)" }
    print("engine: computed by the native kernels: \(list.joined(separator: ", "))")
  }
}

extension TorchPrecision: ExpressibleByArgument {}
