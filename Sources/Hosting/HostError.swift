// HostError: why a bundle could not be hosted, in words for the person who named it.

/// A bundle, port or state that is not as it should be.
public struct HostError: Error, CustomStringConvertible, Equatable {
  public let subject: String
  public let expected: String, found: String

  public var description: String { "\(subject): expected \(expected), found \(found)" }
}
