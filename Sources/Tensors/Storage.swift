// Storage: memory that tensors share, 64-byte aligned, given back when the last of them goes.
// A slice keeps its owner alive, so that thousands of weights can live in one flat buffer. An engine may hold the values
// on a device instead; the host's memory is then made, or brought up to date, when somebody asks for it.
import Glibc
import Kernels
import Synchronization

/// Float32 memory. Written only by the operation that makes a tensor, or by an optimiser that owns the weights.
public final class Storage: @unchecked Sendable {
  public let count: Int
  /// What this is a slice of, and where in it.
  package let owner: Storage?
  package let offset: Int
  /// The host's memory; nil as long as only a device has the values.
  private var host: UnsafeMutablePointer<Float>?
  private let ownsHost: Bool
  /// The host's memory was taken from the system, past the allocator.
  private var hasOwnPages = false
  /// What an engine holds of the values; always nil in a slice, which lives in its owner.
  private var device: (any DeviceMemory)?
  /// False while only the device has the present values.
  private var isHostCurrent = true

  /// Fresh memory; its contents are undefined unless `zeroed`.
  public init(_ count: Int, zeroed: Bool = false) {
    precondition(count >= 0, "storage of \(count) elements")
    self.count = count
    (owner, offset, ownsHost) = (nil, 0, true)
    allocateHost()
    if zeroed && !hasOwnPages { memset(host!, 0, count * MemoryLayout<Float>.stride) }
  }

  /// A part of another storage.
  public init(slice owner: Storage, at offset: Int, count: Int) {
    precondition(offset >= 0 && offset + count <= owner.count, "slice \(offset)+\(count) of \(owner.count)")
    self.count = count
    self.owner = owner
    self.offset = offset
    ownsHost = false
  }

  /// What an engine computed.
  package init(_ device: any DeviceMemory, count: Int) {
    self.count = count
    self.device = device
    host = device.shared
    isHostCurrent = host != nil
    (owner, offset, ownsHost) = (nil, 0, host == nil)
  }

  /// The values, to be read and written. What a device has of them counts no longer.
  ///
  /// The address may be kept as long as no engine computes with the tensor.
  public var data: UnsafeMutablePointer<Float> {
    if let owner { return owner.data + offset }
    if device == nil { return host.unsafelyUnwrapped }
    return fetched(forgettingDevice: true)
  }

  /// The values, to be read only: a device keeps its copy.
  package var reading: UnsafeMutablePointer<Float> {
    if let owner { return owner.reading + offset }
    if device == nil { return host.unsafelyUnwrapped }
    return fetched(forgettingDevice: false)
  }

  /// Where the values are on a device; `upload` brings them there when they are not.
  ///
  /// - Parameter written: the engine is about to change them, so that the host's are out of date afterwards.
  package func onDevice(
    written: Bool = false, _ upload: (UnsafeMutablePointer<Float>, Int) -> any DeviceMemory
  ) -> any DeviceMemory {
    precondition(owner == nil, "a slice lives in its owner")
    return Storage.lock.withLock { _ in
      let memory = device ?? upload(host!, count)
      device = memory
      if written {
        memory.wasWritten()
        isHostCurrent = memory.shared != nil
      }
      return memory
    }
  }

  /// False for a part of another storage.
  var isWhole: Bool { owner == nil }

  deinit {
    device = nil
    guard ownsHost, let host else { return }
    fp_count_memory(-Storage.bytes(count))
    if hasOwnPages { fp_give_pages(host, Storage.bytes(count)) } else { free(host) }
  }

  /// Large memory that this thread makes within `body` gets pages of its own, which go back to the system with it.
  ///
  /// For what is made on threads that come and go, in somebody else's process: the C library keeps an arena for each,
  /// and in it what was given back.
  public static func onOwnPages<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result
  {
    let before = fp_own_pages()
    fp_set_own_pages(true)
    defer { fp_set_own_pages(before) }
    return try body()
  }

  /// The most bytes of storage at once that `body` made beyond what was there when it began; it stays on one thread.
  public static func peak<Result>(_ body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    let before = fp_memory_of_this_thread()
    fp_forget_memory_peak()
    let result = try body()
    return (result, fp_memory_of_this_thread().peak - before.live)
  }

  private func fetched(forgettingDevice: Bool) -> UnsafeMutablePointer<Float> {
    Storage.lock.withLock { _ in
      guard let device else { return host! }
      Engine.current?.hostAsked()
      if host == nil { allocateHost() }
      if !isHostCurrent { device.download(to: host!, count: count) }
      isHostCurrent = true
      if forgettingDevice {
        if device.shared == nil { self.device = nil } else { device.wasWritten() }
      }
      return host!
    }
  }

  /// Held while values move between host and device; nothing that stays on the host takes it.
  private static let lock = Mutex(())

  private static func bytes(_ count: Int) -> Int { max(64, count * MemoryLayout<Float>.stride) }

  /// What is smaller is the allocator's in any case.
  private static let smallestPages = 1 << 15

  private func allocateHost() {
    let bytes = Storage.bytes(count)
    var raw: UnsafeMutableRawPointer?
    hasOwnPages = bytes >= Storage.smallestPages && fp_own_pages()
    if hasOwnPages { raw = fp_take_pages(bytes) } else { posix_memalign(&raw, 64, bytes) }
    precondition(raw != nil, "out of memory: \(bytes) bytes")
    fp_count_memory(bytes)
    host = raw!.bindMemory(to: Float.self, capacity: max(16, count))
  }
}
