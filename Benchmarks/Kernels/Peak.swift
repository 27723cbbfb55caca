// Peak: what a core of this machine can do at most, measured where the products are measured.
import BenchmarkPeak
import Benchmarking
import Glibc

enum Peak {
  /// Operations a second of fused multiply-adds on registers alone.
  static func arithmetic() -> Double {
    let operations = bench_multiply_add(1)
    let best = race([Contestant("peak") { _ = bench_multiply_add(200_000) }], rounds: 30).map(\.minimum)[0]
    return operations * 200_000 / best
  }

  /// Bytes a second when so many are read over and over.
  static func reading(bytes: Int) -> Double {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: bytes / 4)
    defer { memory.deallocate() }
    memory.initialize(repeating: 1, count: bytes / 4)
    let best = race([Contestant("reading") { _ = bench_read(memory, bytes / 4) }], rounds: 30).map(\.minimum)[0]
    return Double(bytes) / best
  }
}
