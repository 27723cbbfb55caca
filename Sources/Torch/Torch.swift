// Torch: a libtorch together with one of its devices: calls any operator by its name, makes tensors there.
import CTorch
import Glibc
import Tensors

/// Where PyTorch computes.
public enum TorchDevice: Sendable, Equatable, CustomStringConvertible {
  case cpu
  case cuda(Int)

  /// From `cpu`, `cuda` or `cuda:1`.
  public init?(_ text: String) {
    if text == "cpu" {
      self = .cpu
    } else if text == "cuda" {
      self = .cuda(0)
    } else if text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), 0..<128 ~= index {
      self = .cuda(index)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }
}

/// How products are computed. Sums, norms, weights and the optimiser are float32 either way.
public enum TorchPrecision: String, Sendable, CaseIterable {
  case float32, bfloat16
}

/// The library on a device. For one thread at a time.
package final class Torch: @unchecked Sendable {
  let library: TorchLibrary
  let device: TorchDevice
  let precision: TorchPrecision
  private var numbers: [Float: TorchTensor] = [:]
  private var constants: [String: TorchTensor] = [:]
  private var names:
    [UnsafePointer<UInt8>: (name: UnsafeMutablePointer<CChar>, overload: UnsafeMutablePointer<CChar>)] =
      [:]

  /// - Throws: `TorchError` when the device is not there.
  init(_ library: TorchLibrary, _ device: TorchDevice, _ precision: TorchPrecision) throws {
    (self.library, self.device, self.precision) = (library, device, precision)
    do { _ = try empty([1]) } catch {
      throw TorchError("PyTorch \(library.version) in \(library.path) cannot use \(device): \(error)")
    }
  }

  deinit {
    for (name, overload) in names.values {
      free(name)
      free(overload)
    }
  }

  // MARK: Operators

  /// Calls an operator that has one result.
  ///
  /// - Parameter name: as in PyTorch's list of operators, with namespace and overload: `aten::sum.dim_IntList`.
  /// - Throws: `TorchError` with the operator, what it was given, and PyTorch's reason if it tells one.
  package func callAsFunction(_ name: StaticString, _ arguments: any TorchArgument...) throws -> TorchTensor {
    try run(name, arguments, results: 1)[0]!
  }

  /// Calls an operator; a result may be absent.
  func run(_ name: StaticString, _ arguments: [any TorchArgument], results: Int) throws -> [TorchTensor?] {
    let functions = library.functions
    return try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(arguments.count, results, 1)) { stack in
      stack.initialize(repeating: 0)
      for (index, argument) in arguments.enumerated() { stack[index] = try argument.encoded(self) }
      let (base, overload) = parts(name)
      // Built for 2.10: newer libraries keep to what its values meant.
      let error =
        functions.callBuiltFor.map { $0(base, overload, stack.baseAddress, 2 << 56 | 10 << 48) }
        ?? functions.call!(base, overload, stack.baseAddress)
      try check(error, "\(name)", arguments)
      return (0..<results).map { index in
        ct_tensor(bitPattern: UInt(stack[index])).map { TorchTensor($0, self) }
      }
    }
  }

  /// The name before the point and the one behind it, as C has them.
  private func parts(_ name: StaticString) -> (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CChar>) {
    if let known = names[name.utf8Start] { return known }
    let halves = name.description.split(separator: ".", maxSplits: 1).map(String.init)
    let made = (name: strdup(halves[0])!, overload: strdup(halves.count > 1 ? halves[1] : "")!)
    names[name.utf8Start] = made
    return made
  }

  /// - Throws: `TorchError` unless the code is 0.
  func check(_ error: ct_error, _ what: @autoclosure () -> String, _ arguments: [any TorchArgument] = []) throws {
    if error == 0 { return }
    let given = arguments.map { argument -> String in
      switch argument {
      case let tensor as TorchTensor: "\(tensor.sizes)"
      case let tensors as [TorchTensor]: "[\(tensors.map { "\($0.sizes)" }.joined(separator: ", "))]"
      case is TorchNothing: "none"
      case let some as TorchPresent: "\(some.value)"
      default: "\(argument)"
      }
    }
    // The first line tells; pages of registrations may follow.
    let reason = String(
      (library.functions.message?().map { String(cString: $0) } ?? "").prefix { $0 != "\n" }.prefix(240))
    throw TorchError(
      "\(what())(\(given.joined(separator: ", "))): "
        + (reason.isEmpty ? "PyTorch \(library.version) printed above why it failed" : reason))
  }

  // MARK: Tensors

  /// Uninitialised memory on the device.
  package func empty(_ sizes: [Int]) throws -> TorchTensor {
    var made: ct_tensor?
    let (type, index) =
      switch device {
      case .cpu: (library.functions.cpu, Int32(0))
      case .cuda(let index): (library.functions.cuda, Int32(index))
      }
    let functions = library.functions
    try check(
      functions.empty(
        Int64(sizes.count), sizes.map(Int64.init), contiguous(sizes), functions.float32, type, index, &made),
      "memory for \(sizes) on \(device)")
    return TorchTensor(made!, self)
  }

  /// The host's memory as a tensor on the processor; whoever owns it keeps it for as long.
  package func over(_ host: UnsafeMutablePointer<Float>, _ sizes: [Int]) throws -> TorchTensor {
    var made: ct_tensor?
    let functions = library.functions
    try check(
      functions.over(
        host, Int64(sizes.count), sizes.map(Int64.init), contiguous(sizes), 0, functions.float32, functions.cpu, 0,
        &made), "a tensor \(sizes)")
    return TorchTensor(made!, self)
  }

  /// One number on the device. Those that come again and again are made once.
  func number(_ value: Float) throws -> TorchTensor {
    if let known = numbers[value] { return known }
    let made = try number(fresh: value)
    if numbers.count < 256 { numbers[value] = made }
    return made
  }

  /// Constants of a primitive, made once for every name.
  func constant(_ name: String, _ sizes: [Int], _ make: () -> [Float]) throws -> TorchTensor {
    if let known = constants[name] { return known }
    var values = make()
    let made = try empty(sizes)
    try values.withUnsafeMutableBufferPointer { try made.copy(from: over($0.baseAddress!, sizes)) }
    constants[name] = made
    return made
  }

  /// One number on the device, which is not to be asked for again.
  func number(fresh value: Float) throws -> TorchTensor {
    let made = try empty([])
    var value = value
    try withUnsafeMutablePointer(to: &value) { try made.copy(from: over($0, [])) }
    return made
  }
}

/// The strides of a row-major tensor.
func contiguous(_ sizes: [Int]) -> [Int64] {
  var strides = [Int64](repeating: 1, count: sizes.count)
  for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * Int64(max(1, sizes[axis + 1])) }
  return strides
}
