// KeyNames: keys as musicians call them. C4 is middle C.

enum KeyNames {
  private static let letters = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]

  /// Of a MIDI key.
  static func name(_ key: UInt8) -> String { letters[Int(key % 12)] + "\(Int(key / 12) - 1)" }
}
