// NumberArray: the numbers of an array as NumPy keeps them, in a pickle or in a file of their own (.npy).
// The format of files: numpy.lib.format, versions 1 to 3.

/// How a number is kept: a kind (b logical, i and u whole, f with a fraction), its bytes, and their order.
package struct NumberType: Sendable, Equatable {
  var kind: Character
  var size: Int
  var isBigEndian = false

  /// - Parameter name: such as `<f8`, `|u1`, `i4`; nil where these are not numbers.
  init?(_ name: String) {
    var name = Substring(name)
    if let order = name.first, "<>|=".contains(order) {
      isBigEndian = order == ">"
      name = name.dropFirst()
    }
    guard let kind = name.first, let size = Int(name.dropFirst()),
      kind == "b" && size == 1 || "iu".contains(kind) && [1, 2, 4, 8].contains(size)
        || kind == "f" && [2, 4, 8].contains(size)
    else { return nil }
    (self.kind, self.size) = (kind, size)
  }

  /// One number from `size` bytes.
  func value(_ bytes: ArraySlice<UInt8>) -> Double {
    var bits: UInt64 = 0
    for byte in isBigEndian ? Array(bytes) : bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    switch (kind, size) {
    case ("f", 2): return Double(Float16(bitPattern: UInt16(bits)))
    case ("f", 4): return Double(Float(bitPattern: UInt32(bits)))
    case ("f", _): return Double(bitPattern: bits)
    case ("i", _): return Double(Int64(bitPattern: bits << (64 - 8 * size)) >> Int64(64 - 8 * size))
    default: return Double(bits)
    }
  }
}

/// An array of numbers, row by row.
package struct NumberArray: Sendable {
  package let shape: [Int]
  private let type: NumberType
  private let bytes: [UInt8]
  private let isByColumns: Bool

  /// - Returns: nil where the bytes are not those of such a shape.
  init?(shape: [Int], _ type: NumberType, _ bytes: [UInt8], isByColumns: Bool = false) {
    var count = 1
    for length in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows, product <= bytes.count else { return nil }
      count = product
    }
    guard count * type.size == bytes.count else { return nil }
    (self.shape, self.type, self.bytes) = (shape, type, bytes)
    self.isByColumns = isByColumns && shape.count > 1
  }

  var count: Int { bytes.count / type.size }

  /// The numbers, the last axis fastest.
  package var values: [Double] {
    let kept = (0..<count).map { type.value(bytes[$0 * type.size..<($0 + 1) * type.size]) }
    guard isByColumns else { return kept }
    return (0..<count).map { index in
      // The same place, counted with the first axis fastest.
      var (rest, place, step) = (index, 0, count)
      for length in shape.reversed() {
        step /= length
        place += rest % length * step
        rest /= length
      }
      return kept[place]
    }
  }
}

extension NumberArray {
  /// Reads a file's bytes.
  ///
  /// - Throws: what is wrong, without the file's name.
  package init(npy bytes: [UInt8]) throws(NotUnderstood) {
    guard bytes.count >= 10, bytes.starts(with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })) else {
      throw NotUnderstood("no array of NumPy's begins like this")
    }
    let isLong = bytes[6] > 1
    let begin = isLong ? 12 : 10
    guard 1...3 ~= bytes[6], bytes.count >= begin else { throw NotUnderstood("an array file of version \(bytes[6])") }
    let length = (8..<begin).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= bytes.count - begin else { throw NotUnderstood("an array file that ends in its header") }
    let header = String(decoding: bytes[begin..<begin + length], as: UTF8.self)
    guard let type = Self.field("descr", header, "'", "'").flatMap({ NumberType($0) }),
      let order = Self.field("fortran_order", header, " ", ","),
      let shape = Self.field("shape", header, "(", ")")
    else { throw NotUnderstood("an array of something else than numbers: \(header.prefix(80))") }
    let lengths = shape.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? -1 }
    guard
      let array = NumberArray(shape: lengths, type, Array(bytes[(begin + length)...]), isByColumns: order == "True")
    else { throw NotUnderstood("an array of shape (\(shape)), with \(bytes.count - begin - length) bytes") }
    self = array
  }

  /// What stands between two characters behind a field's name.
  private static func field(_ name: String, _ header: String, _ before: Character, _ after: Character) -> String? {
    guard let place = header.firstRange(of: "'\(name)':") else { return nil }
    let rest = header[place.upperBound...]
    guard let from = rest.firstIndex(of: before) else { return nil }
    let text = rest[rest.index(after: from)...]
    return text.firstIndex(of: after).map { String(text[..<$0]) }
  }
}

/// What a file says that cannot be understood, in words.
package struct NotUnderstood: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
