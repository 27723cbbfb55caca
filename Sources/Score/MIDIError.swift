// MIDIError: what was wrong with a Standard MIDI File, and where.

/// A file that cannot be read.
public struct MIDIError: Error, Equatable, CustomStringConvertible {
  /// Where in the file, in bytes.
  public let offset: Int
  public let expected: String, found: String

  public init(offset: Int, expected: String, found: String) {
    self.offset = offset
    self.expected = expected
    self.found = found
  }

  public var description: String { "byte \(offset): expected \(expected), found \(found)" }
}
