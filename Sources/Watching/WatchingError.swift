// WatchingError: what was wrong with which film, or which predictor, in words for the person who gave it.

/// Films that cannot be watched.
public struct WatchingError: Error, CustomStringConvertible, Equatable, Sendable {
  public let path: String, expected: String, found: String

  public init(path: String, expected: String, found: String) {
    (self.path, self.expected, self.found) = (path, expected, found)
  }

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
