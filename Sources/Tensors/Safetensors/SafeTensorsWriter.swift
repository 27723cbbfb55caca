// SafeTensorsWriter: named tensors to a safetensors file, in the order given, metadata sorted:
// the same tensors are the same bytes. The file appears whole or not at all.

extension SafeTensors {
  /// Writes tensors.
  ///
  /// - Parameters:
  ///   - tensors: each with its name; names differ.
  ///   - metadata: what the file says about itself.
  ///   - type: how the numbers are kept; float16 and bfloat16 round to the nearest.
  ///   - isExact: names that are kept in float32 all the same.
  ///   - path: replaced in one step.
  /// - Throws: `WeightsError` with the path and the system's reason.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], type: ElementType = .float32,
    isExact: (String) -> Bool = { _ in false }, to path: String
  ) throws(WeightsError) {
    let shapes = tensors.map { (name: $0.name, shape: $0.tensor.shape) }
    do {
      try write(shapes, metadata: metadata, type: type, isExact: isExact, to: path) { tensors[$0].tensor }
    } catch { throw error as? WeightsError ?? WeightsError("\(path): \(error)") }
  }

  /// Writes tensors of which only the shapes are known at first: each is made when its turn has come.
  ///
  /// - Parameter make: makes the tensor at an index of `shapes`. What it throws is thrown, and nothing is written.
  public static func write(
    _ shapes: [(name: String, shape: Shape)], metadata: [String: String] = [:], type: ElementType = .float32,
    isExact: (String) -> Bool = { _ in false }, to path: String, make: (Int) throws -> Tensor
  ) throws {
    var file = try FileReplacement(path: path)
    let types = shapes.map { isExact($0.name) ? .float32 : type }
    try file.write(header(shapes, metadata, types))
    let piece = 1 << 16
    for (index, type) in types.enumerated() {
      let tensor = try make(index)
      precondition(tensor.shape == shapes[index].shape, "\(shapes[index]): made a tensor \(tensor.shape)")
      var bytes = [UInt8](repeating: 0, count: piece * type.size)
      for first in stride(from: 0, to: tensor.shape.count, by: piece) {
        let count = min(piece, tensor.shape.count - first)
        bytes.withUnsafeMutableBytes { type.encode(.init(start: tensor.data + first, count: count), into: $0) }
        if count < piece { bytes.removeLast((piece - count) * type.size) }
        try file.write(bytes)
        if count < piece { bytes += [UInt8](repeating: 0, count: (piece - count) * type.size) }
      }
    }
    try file.commit()
  }

  /// Writes all of a model's weights.
  public static func write(
    _ weights: Weights, metadata: [String: String] = [:], type: ElementType = .float32, to path: String
  ) throws(WeightsError) {
    try write(weights.entries.map { ($0.name, $0.tensor) }, metadata: metadata, type: type, to: path)
  }

  /// The length of the header, and the header, padded so that the tensors begin at a multiple of eight bytes.
  private static func header(
    _ shapes: [(name: String, shape: Shape)], _ metadata: [String: String], _ types: [ElementType]
  ) throws(WeightsError) -> [UInt8] {
    var members: [JSON.Member] = []
    var names: Set<String> = ["__metadata__"]
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key < $1.key }
      members.append(JSON.Member("__metadata__", .object(sorted.map { JSON.Member($0.key, JSON($0.value)) })))
    }
    var end = 0
    for ((name, shape), type) in zip(shapes, types) {
      if !names.insert(name).inserted { throw WeightsError("\(name): two tensors of one name cannot be written") }
      let start = end
      end += shape.count * type.size
      members.append(
        JSON.Member(
          name,
          [
            "dtype": JSON(type.rawValue), "shape": .array(shape.array.map { JSON($0) }),
            "data_offsets": [JSON(start), JSON(end)],
          ]))
    }
    var text = Array(JSON.object(members).text().utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}
