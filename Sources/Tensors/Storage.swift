// Storage: memory that tensors share, 64-byte aligned, given back when the last of them goes.
// A slice keeps its owner alive, so that thousands of weights can live in one flat buffer.
import Glibc
import Kernels

/// Float32 memory. Written only by the operation that makes a tensor, or by an optimiser that owns the weights.
public final class Storage: @unchecked Sendable {
  public let data: UnsafeMutablePointer<Float>
  public let count: Int
  private let owner: Storage?

  /// Fresh memory; its contents are undefined unless `zeroed`.
  public init(_ count: Int, zeroed: Bool = false) {
    precondition(count >= 0, "storage of \(count) elements")
    var raw: UnsafeMutableRawPointer?
    let bytes = max(64, count * MemoryLayout<Float>.stride)
    precondition(posix_memalign(&raw, 64, bytes) == 0, "out of memory: \(bytes) bytes")
    data = raw!.bindMemory(to: Float.self, capacity: max(16, count))
    if zeroed { memset(raw!, 0, bytes) }
    self.count = count
    owner = nil
    fp_count_memory(bytes)
  }

  /// A part of another storage.
  public init(slice owner: Storage, at offset: Int, count: Int) {
    precondition(offset >= 0 && offset + count <= owner.count, "slice \(offset)+\(count) of \(owner.count)")
    data = owner.data + offset
    self.count = count
    self.owner = owner
  }

  /// False for a part of another storage.
  var isWhole: Bool { owner == nil }

  deinit {
    guard owner == nil else { return }
    fp_count_memory(-max(64, count * MemoryLayout<Float>.stride))
    free(data)
  }

  /// The most bytes of storage at once that `body` made beyond what was there when it began; it stays on one thread.
  public static func peak<Result>(_ body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    let before = fp_memory_of_this_thread()
    fp_forget_memory_peak()
    let result = try body()
    return (result, fp_memory_of_this_thread().peak - before.live)
  }
}
