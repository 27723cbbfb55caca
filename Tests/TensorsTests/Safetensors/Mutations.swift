// Mutations: seeded damage to bytes, for tests that feed a reader what nobody meant to write.

import Score

extension Chance {
  /// The bytes with one to four changes: a byte replaced, put in, taken out, or a stretch repeated.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let marks = Array("{}[]\":,\\0123456789-eu".utf8)
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      let mark =
        Bool.random(using: &self) ? marks.randomElement(using: &self)! : UInt8.random(in: 0...255, using: &self)
      switch Int.random(in: 0..<4, using: &self) {
      case 0: bytes[place] = mark
      case 1: bytes.insert(mark, at: place)
      case 2: bytes.remove(at: place)
      default: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
      }
    }
    return bytes
  }
}
