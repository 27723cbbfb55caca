// SafeTensorsHeader: what a safetensors file says about itself, checked before any of it is believed.
// Eight bytes of length, a JSON object, then the tensors, which tile the rest without gap or overlap.
// https://github.com/huggingface/safetensors#format

/// A tensor as the header describes it.
struct StoredTensor: Sendable {
  let name: String
  let type: String
  let shape: [Int]
  /// Where its bytes are, from the end of the header.
  let range: Range<Int>
}

struct SafeTensorsHeader: Sendable {
  /// The most that a header may take, as in the reference implementation.
  static let limit = 100_000_000

  let tensors: [StoredTensor]
  let metadata: [String: String]

  /// Reads a header of which `body` bytes of tensors follow.
  init(_ bytes: [UInt8], body: Int) throws(WeightsError) {
    let json: JSON
    do { json = try JSON(parsing: bytes, depth: 4) } catch { throw WeightsError("the header is not JSON: \(error)") }
    guard let members = json.members else { throw WeightsError("the header is not an object") }
    var tensors: [StoredTensor] = []
    var metadata: [String: String] = [:]
    for member in members {
      if member.name == "__metadata__" {
        metadata = try SafeTensorsHeader.metadata(member.value)
      } else {
        tensors.append(try SafeTensorsHeader.tensor(member))
      }
    }
    tensors.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for tensor in tensors {
      if tensor.range.lowerBound != end {
        throw WeightsError("\(tensor.name): begins at byte \(tensor.range.lowerBound), expected \(end)")
      }
      end = tensor.range.upperBound
      if end > body { throw WeightsError("\(tensor.name): ends at byte \(end), but only \(body) are there") }
    }
    if end != body { throw WeightsError("\(body) bytes of tensors, expected \(end)") }
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(_ value: JSON) throws(WeightsError) -> [String: String] {
    var metadata: [String: String] = [:]
    for member in value.members ?? [] { metadata[member.name] = member.value.string }
    guard let members = value.members, members.count == metadata.count else {
      throw WeightsError("__metadata__: not an object of strings")
    }
    return metadata
  }

  private static func tensor(_ member: JSON.Member) throws(WeightsError) -> StoredTensor {
    let name = member.name
    let value = member.value
    guard let type = value["dtype"]?.string else { throw WeightsError("\(name): no dtype") }
    guard let size = ElementType.size(named: type) else { throw WeightsError("\(name): unknown dtype \(type)") }
    guard let shape = sizes(value["shape"]) else { throw WeightsError("\(name): no valid shape") }
    guard let offsets = sizes(value["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw WeightsError("\(name): no valid data_offsets")
    }
    var bytes = size
    for axis in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
      if overflow { throw WeightsError("\(name): the shape \(shape) overflows") }
      bytes = product
    }
    if bytes != offsets[1] - offsets[0] {
      throw WeightsError("\(name): \(type) \(shape) is \(bytes) bytes, found \(offsets[1] - offsets[0])")
    }
    return StoredTensor(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// An array of whole numbers from 0 on.
  private static func sizes(_ value: JSON?) -> [Int]? {
    guard let elements = value?.elements else { return nil }
    let sizes = elements.compactMap { $0.integer }.filter { $0 >= 0 }
    return sizes.count == elements.count ? sizes : nil
  }
}
