// Engine: who computes primitives in place of the native kernels, on memory of its own.
// A thread computes with the engine that it entered; a thread that entered none computes natively, as it always did.
import Kernels

/// Values on a device, as an engine holds them.
public protocol DeviceMemory: AnyObject, Sendable {
  /// The host's address of these very values, where the device computes in the host's memory; else nil.
  var shared: UnsafeMutablePointer<Float>? { get }
  /// Copies the values into the host's memory.
  func download(to host: UnsafeMutablePointer<Float>, count: Int)
  /// The values are other ones now: nothing derived from the old ones may be used any more.
  func wasWritten()
}

/// Computes primitives. Subclassed by whoever has a device; every method may leave the work to the native kernels.
open class Engine {
  public init() {}

  /// The engine of the calling thread; nil for the native kernels.
  public static var current: Engine? {
    guard let pointer = fp_thread_engine() else { return nil }
    return Unmanaged<Engine>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// All that `body` computes on this thread is computed here. One thread at a time.
  public func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = fp_thread_engine()
    fp_set_thread_engine(Unmanaged.passUnretained(self).toOpaque())
    defer { fp_set_thread_engine(before) }
    entered()
    return try withExtendedLifetime(self, body)
  }

  /// The calling thread computes here from now on.
  open func entered() {}

  /// The result of a primitive that is no view; nil when the native kernel shall compute it.
  open func result(of primitive: any Primitive, _ inputs: [Tensor], _ shape: Shape) -> Storage? { nil }

  /// The gradients of a step of the walk back.
  open func gradients(of primitive: any Primitive, _ step: Step) -> [Tensor?] { primitive.gradients(step) }

  /// - Throws: what went wrong since the last call; the results since then are not to be used.
  open func check() throws {}

  /// The host is about to read what this thread's engine has on its device.
  open func hostAsked() {}
}
