// TorchEngine: PyTorch as the engine of a thread: primitives that it knows go to its device, the rest stays on the host.
import Tensors

/// Computes on a libtorch. One thread at a time.
public final class TorchEngine: Engine, @unchecked Sendable {
  public let library: TorchLibrary
  public let device: TorchDevice
  public let precision: TorchPrecision
  package let torch: Torch
  /// The first thing that went wrong since the last `check`: the results since then are not to be used.
  private var failure: TorchError?
  /// What was left to the native kernels, and how often.
  private(set) public var fallbacks: [String: Int] = [:]
  /// How many results and gradients were computed on the device.
  private(set) package var computed = 0
  /// Primitives that failed the self-test.
  var refused: Set<ObjectIdentifier> = []
  /// The primitives whose gradient is being computed out of other primitives.
  private var walking: [any Primitive] = []

  /// - Throws: `TorchError` when the device is not there.
  public init(
    _ library: TorchLibrary, device: TorchDevice = .cpu, precision: TorchPrecision = .float32
  ) throws {
    self.library = library
    self.device = device
    self.precision = precision
    torch = try Torch(library, device, precision)
  }

  public override func check() throws {
    defer { failure = nil }
    if let failure { throw failure }
  }

  package func failed(_ error: any Error) {
    if failure == nil { failure = error as? TorchError ?? TorchError("\(error)") }
  }

  /// The calling thread's engine, if it is one of these.
  public static var ofThread: TorchEngine? { Engine.current as? TorchEngine }

  // MARK: Primitives

  public override func entered() { library.functions.setGradients(false) }

  public override func result(of primitive: any Primitive, _ inputs: [Tensor], _ shape: Shape) -> Storage? {
    if shape.count == 0 || inputs.contains(where: { $0.shape.count == 0 }) { return nil }
    guard let lowered = primitive as? any TorchLowering, !isRefused(primitive) else {
      fallbacks[name(primitive), default: 0] += 1
      return nil
    }
    do {
      let inputs = try inputs.map(tensor)
      computed += 1
      return try storage(lowered.lower(inputs, torch), shape, inputs)
    } catch {
      failed(error)
      return nil
    }
  }

  public override func gradients(of primitive: any Primitive, _ step: Step) -> [Tensor?] {
    let isEmpty = step.output.shape.count == 0 || step.inputs.contains { $0.shape.count == 0 }
    if !isEmpty, let lowered = primitive as? any TorchGradient, !isRefused(primitive) {
      do {
        let inputs = try step.inputs.map(tensor)
        computed += 1
        let lowered = try lowered.lower(
          TorchStep(
            inputs: inputs, output: { try self.tensor(step.output) }, upstream: tensor(step.upstream),
            wanted: step.inputs.indices.map(step.wants), torch: torch))
        return try zip(lowered, step.inputs).map { gradient, input in
          try gradient.map { Tensor(input.shape, storage: try storage($0, input.shape, inputs)) }
        }
      } catch { failed(error) }
    }
    walking.append(primitive)
    defer { walking.removeLast() }
    return primitive.gradients(step)
  }

  /// Somebody reads on the host; while a gradient is computed, its primitive's native kernel does.
  public override func hostAsked() {
    if let primitive = walking.last { fallbacks["gradient of \(name(primitive))", default: 0] += 1 }
  }

  private func isRefused(_ primitive: any Primitive) -> Bool {
    !refused.isEmpty && refused.contains(ObjectIdentifier(type(of: primitive)))
  }

  private func name(_ primitive: any Primitive) -> String { "\(type(of: primitive))" }

  // MARK: Values

  /// A tensor's values on the device, under its shape.
  func tensor(_ tensor: Tensor) throws -> TorchTensor {
    let whole = tensor.storage.owner ?? tensor.storage
    let memory = memory(whole)
    let view = try memory.tensor.viewed(tensor.shape.array, offset: tensor.storage.offset)
    view.source = (memory, tensor.storage.offset)
    // What a primitive keeps for its walk back stays with the memory that it made.
    view.kept = memory.tensor.kept
    return view
  }

  /// What the device has of a storage that is no slice.
  func memory(_ storage: Storage, written: Bool = false) -> TorchMemory {
    storage.onDevice(written: written) { host, count in
      do { return try uploaded(host, count) } catch {
        failed(error)
        return try! TorchMemory(torch.over(host, [count]), failed: failed)
      }
    } as! TorchMemory
  }

  private func uploaded(_ host: UnsafeMutablePointer<Float>, _ count: Int) throws -> TorchMemory {
    let source = try torch.over(host, [count])
    if device == .cpu { return TorchMemory(source, failed: failed) }
    let copy = try torch.empty([count])
    try copy.copy(from: source)
    return TorchMemory(copy, failed: failed)
  }

  /// A result as the memory of a tensor: row-major, float32, and nobody else's.
  private func storage(_ result: TorchTensor, _ shape: Shape, _ inputs: [TorchTensor]) throws -> Storage {
    precondition(result.sizes.reduce(1, *) == shape.count, "a result \(result.sizes) for \(shape)")
    var own = try result.cast(library.functions.float32).contiguously()
    let address = own.address
    if inputs.contains(where: { $0.isOver(address) }) { own = try own.cloned() }
    own.kept = result.kept
    return Storage(TorchMemory(own, failed: failed), count: shape.count)
  }
}

extension TorchTensor {
  /// Whether an address lies in this row-major tensor.
  fileprivate func isOver(_ address: UnsafeMutableRawPointer?) -> Bool {
    guard let begin = self.address, let address else { return false }
    return address >= begin && address < begin + 4 * sizes.reduce(1, *)
  }
}
