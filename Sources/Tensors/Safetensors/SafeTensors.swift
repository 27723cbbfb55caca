// SafeTensors: a safetensors file as a source of weights.
// The header is checked whole when the file is opened; a tensor's bytes are read when it is asked for.

/// A safetensors file, open for reading. float32, float16, bfloat16 and uint16 are read, all as float32.
public struct SafeTensors: WeightSource, Sendable {
  /// What the file says about itself.
  public let metadata: [String: String]
  /// Names begin with this; it is left out where weights are asked for.
  public let prefix: String

  private let title: String
  private let bytes: Bytes
  private let start: Int
  private var stored: [String: StoredTensor]
  private var order: [String]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - prefix: where the weights are, for instance `"decoder."`. Other tensors are left alone.
  /// - Throws: `WeightsError` with the path and what is wrong with the header.
  public init(path: String, prefix: String = "") throws(WeightsError) {
    try self.init(.file(OpenFile(path)), title: path, prefix: prefix)
  }

  /// Reads from memory. `title` stands for the path in errors.
  public init(bytes: [UInt8], title: String = "safetensors", prefix: String = "") throws(WeightsError) {
    try self.init(.array(bytes), title: title, prefix: prefix)
  }

  private init(_ bytes: Bytes, title: String, prefix: String) throws(WeightsError) {
    func wrong(_ reason: String) -> WeightsError { WeightsError("\(title): \(reason)") }
    if bytes.count < 8 { throw wrong("\(bytes.count) bytes are no safetensors file") }
    var length: UInt64 = 0
    for byte in try SafeTensors.read(bytes, at: 0, count: 8).reversed() { length = length << 8 | UInt64(byte) }
    if length > SafeTensorsHeader.limit || length > bytes.count - 8 {
      throw wrong("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let text = try SafeTensors.read(bytes, at: 8, count: Int(length))
    start = 8 + Int(length)
    let header: SafeTensorsHeader
    do { header = try SafeTensorsHeader(text, body: bytes.count - start) } catch { throw wrong(error.description) }
    metadata = header.metadata
    let inside = header.tensors.filter { $0.name.hasPrefix(prefix) }
    order = inside.map { String($0.name.dropFirst(prefix.count)) }
    stored = Dictionary(uniqueKeysWithValues: zip(order, inside))
    self.title = title
    self.prefix = prefix
    self.bytes = bytes
  }

  private static func read(_ bytes: Bytes, at offset: Int, count: Int) throws(WeightsError) -> [UInt8] {
    var read = [UInt8](repeating: 0, count: count)
    var fault: WeightsError?
    read.withUnsafeMutableBytes { target in
      do throws(WeightsError) { try bytes.read(at: offset, into: target) } catch { fault = error }
    }
    if let fault { throw fault }
    return read
  }

  /// The same file without the tensors whose names begin with `beginning`: they are neither asked for nor read.
  public func without(_ beginning: String) -> SafeTensors {
    var rest = self
    rest.order = order.filter { !$0.hasPrefix(beginning) }
    rest.stored = stored.filter { !$0.key.hasPrefix(beginning) }
    return rest
  }

  /// The tensors' names, in the order of their bytes.
  public var names: [String] { order }

  /// The sizes of a tensor; nil when there is none of that name.
  public func shape(_ name: String) -> [Int]? { stored[name]?.shape }

  /// A tensor of at most four dimensions.
  public func tensor(_ name: String) throws(WeightsError) -> Tensor {
    let found = try entry(name)
    guard found.shape.count <= 4, found.shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw fault(name, "the shape \(found.shape) is out of range")
    }
    let tensor = Tensor(zeros: Shape(found.shape))
    try fill(name, tensor, initial: .zeros)
    return tensor
  }

  /// Rows `first ..< first + count` of a tensor along its first axis. Nothing else of it is read.
  public func rows(_ name: String, from first: Int, count: Int) throws(WeightsError) -> Tensor {
    let found = try entry(name)
    guard 1...4 ~= found.shape.count, found.shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw fault(name, "the shape \(found.shape) has no rows")
    }
    guard first >= 0, count >= 0, first <= found.shape[0] - count else {
      throw fault(name, "rows \(first)+\(count) of \(found.shape)")
    }
    let tensor = Tensor(Shape(found.shape).with(0, count), storage: Storage(found.shape.dropFirst().reduce(count, *)))
    try read(found, name, from: first * tensor.shape.with(0, 1).count, into: tensor)
    return tensor
  }

  /// Fills a tensor; `initial` does not matter, since what is not in the file is an error.
  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    let found = try entry(name)
    if found.shape != tensor.shape.array { throw fault(name, "expected \(tensor.shape), found \(found.shape)") }
    try read(found, name, from: 0, into: tensor)
  }

  /// Decodes elements `from` on into all of a tensor.
  private func read(_ found: StoredTensor, _ name: String, from: Int, into tensor: Tensor) throws(WeightsError) {
    guard let type = ElementType(rawValue: found.type) else {
      throw fault(name, "expected F32, F16, BF16 or U16, found \(found.type)")
    }
    let size = type.size
    let piece = 1 << 16
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece * size, alignment: 64)
    defer { buffer.deallocate() }
    for first in stride(from: 0, to: tensor.shape.count, by: piece) {
      let count = min(piece, tensor.shape.count - first)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * size)])
      try bytes.read(at: start + found.range.lowerBound + (from + first) * size, into: part)
      type.decode(UnsafeRawBufferPointer(part), into: tensor.data + first)
    }
  }

  private func entry(_ name: String) throws(WeightsError) -> StoredTensor {
    guard let found = stored[name] else { throw fault(name, "missing") }
    return found
  }

  private func fault(_ name: String, _ reason: String) -> WeightsError {
    WeightsError("\(title): \(prefix)\(name): \(reason)")
  }
}
