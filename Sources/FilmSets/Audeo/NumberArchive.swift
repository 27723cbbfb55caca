// NumberArchive: several arrays in one file (.npz): a zip archive of array files that are stored as they are.

/// The arrays of an archive, by name.
package struct NumberArchive: Sendable {
  package let arrays: [String: NumberArray]

  /// - Throws: what is wrong, without the file's name.
  package init(_ bytes: [UInt8]) throws(NotUnderstood) {
    func number(_ place: Int, _ size: Int) throws(NotUnderstood) -> Int {
      guard place >= 0, place <= bytes.count - size else { throw NotUnderstood("a zip archive that was cut short") }
      return (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }
    // The end record is the last thing, but for a comment of up to 65,535 bytes.
    let last = bytes.count - 22
    guard
      let end = stride(from: last, through: max(0, last - 65535), by: -1).first(where: {
        bytes[$0...].starts(with: [0x50, 0x4B, 5, 6])
      })
    else { throw NotUnderstood("no zip archive of arrays") }
    var arrays: [String: NumberArray] = [:]
    var place = try number(end + 16, 4)
    for _ in 0..<(try number(end + 10, 2)) {
      guard try number(place, 4) == 0x0201_4B50 else { throw NotUnderstood("a zip archive with a broken directory") }
      let (method, size, stored) = (try number(place + 10, 2), try number(place + 20, 4), try number(place + 24, 4))
      let (nameLength, extra, comment) = (
        try number(place + 28, 2), try number(place + 30, 2), try number(place + 32, 2)
      )
      let local = try number(place + 42, 4)
      _ = try number(place + 46 + nameLength, 0)
      let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
      guard method == 0, size == stored else {
        throw NotUnderstood("compressed arrays; `numpy.savez` writes them as they are")
      }
      guard try number(local, 4) == 0x0403_4B50 else { throw NotUnderstood("a zip archive without its \(name)") }
      let begin = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
      _ = try number(begin + size, 0)
      let key = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
      arrays[key] = try NumberArray(npy: Array(bytes[begin..<begin + size]))
      place += 46 + nameLength + extra + comment
    }
    self.arrays = arrays
  }
}
