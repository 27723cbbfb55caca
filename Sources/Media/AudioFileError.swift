// AudioFileError: what was wrong with which file, in words for the person who gave it.

/// A file that could not be read or written as audio.
public struct AudioFileError: Error, CustomStringConvertible, Equatable {
  public let path: String
  /// What was to be done, and what was found instead.
  public let expected: String, found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
